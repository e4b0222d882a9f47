"""Carts that are filled and left: not everybody who browses and likes something buys it."""

from orchestration.demo import catalog
from orchestration.demo.dice import Dice
from orchestration.demo.model import Story, Visit

FILLS_CART, BEGINS_CHECKOUT = 0.12, 0.45


def leave_carts(dice: Dice, story: Story) -> None:
    """Let some visits of several pages end at the cart or at the checkout, without an order."""
    for visit in story.visits:
        if _browsed_only(visit) and dice.happens(FILLS_CART):
            at = visit.events[-1].at + dice.seconds(5, 60)
            visit.log(at, "add_to_cart", catalog.CART)
            if dice.happens(BEGINS_CHECKOUT):
                visit.log(at + dice.seconds(10, 90), "begin_checkout", catalog.CHECKOUT)


def _browsed_only(visit: Visit) -> bool:
    names = [event.name for event in visit.events]
    return names.count("page_view") >= 3 and not {"purchase", "generate_lead"} & set(names)
