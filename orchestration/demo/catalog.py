"""The words of the demo world: the shop's goods and pages, people's names, what they write."""

from typing import NamedTuple


class Product(NamedTuple):
    """Something the shop sells; the price of one unit in cents of a euro."""

    sku: str
    name: str
    cents: int


class Page(NamedTuple):
    """A page of the shop's site."""

    path: str
    title: str


SITE = "https://tideandlinen.example"
CURRENCY = "EUR"

PRODUCTS = (
    Product("TL-TOWEL", "Linen Bath Towel", 3490),
    Product("TL-APRON", "Washed Linen Apron", 4250),
    Product("TL-SHEET", 'Linen Sheet, 63" wide', 8990),
    Product("TL-BAG", "Market Bag", 1890),
    Product("TL-NAPKIN", "Napkins, set of four", 2600),
    Product("TL-ROBE", "Harbour Robe", 11900),
)

PAGES = (
    Page("/", "Tide & Linen"),
    Page("/collections/bath", "Bath"),
    Page("/collections/kitchen", "Kitchen"),
    Page("/products/harbour-robe", "Harbour Robe"),
    Page("/products/market-bag", "Market Bag"),
    Page("/journal/washing-linen", "Washing linen"),
    Page("/pages/about", "About us"),
)
SIGN_UP = Page("/pages/join", "Join the list")
CART = Page("/cart", "Your cart")
CHECKOUT = Page("/checkout", "Checkout")
THANK_YOU = Page("/checkout/thank-you", "Thank you")

FIRST_NAMES = (
    "Ada", "Ben", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Klara",
    "Liam", "Mei", "Noah", "Olga", "Paul", "Rosa", "Sven", "Tara", "Wei", "Yara", "Zoe",
)  # fmt: skip
LAST_NAMES = (
    "Adler", "Becker", "Chen", "Duval", "Evans", "Fischer", "Garcia", "Hansen", "Ito", "Jansen",
    "Keller", "Lin", "Moreau", "Novak", "Okafor", "Patel", "Rossi", "Schmidt", "Turner", "Wang",
)  # fmt: skip
COUNTRIES = {"DE": 40, "GB": 20, "US": 15, "AT": 10, "FR": 8, "TW": 4, "CN": 3}
LANGUAGES = {"DE": "de", "AT": "de", "TW": "zh", "CN": "zh"}

THEMES = ("First Light", "Bath Days", "Slow Kitchen", "Harbour Stories", "Long Table", "New Blues")
POST_TEXTS = (
    "Fresh off the line.",
    "Sunday, linen, nothing else.",
    "Behind the loom: how a towel is woven",
    "Back in stock, in three blues",
    "Your tables, your napkins: thank you for the pictures!",
)

REASONS = {
    "promoter": ("Beautiful quality, fast delivery.", "I told all my friends.", "Softest ever"),
    "passive": ("Nice, but not cheap.", "Good product, slow parcel.", "It is fine."),
    "detractor": ("Arrived late and creased.", "A seam came loose.", "Nobody answered my e-mail."),
}
REVIEWS = {
    "en": {
        "promoter": ("Love it", "Wonderful towels, they get softer with every wash."),
        "passive": ("Decent", "Good linen, although the parcel took its time."),
        "detractor": ("Disappointed", "The seam came loose after a week. Poor quality."),
    },
    "de": {
        "promoter": ("Sehr schön", "Wunderbare Handtücher, schnell geliefert. Gerne wieder!"),
        "passive": ("In Ordnung", "Gutes Leinen, aber nicht ganz billig."),
        "detractor": ("Enttäuscht", "Leider schlecht genäht, und niemand antwortet."),
    },
    "zh": {
        "promoter": ("非常滿意", "毛巾很柔軟，質量很好，下次還會買。"),
        "passive": ("还可以", "亚麻不错，就是快递有点慢。"),
        "detractor": ("很失望", "质量太差，洗了一次就开线了。"),
    },
}
