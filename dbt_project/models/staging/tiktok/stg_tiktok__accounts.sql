{{ follower_counts_of('tiktok') }}
