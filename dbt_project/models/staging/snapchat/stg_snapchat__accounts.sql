{{ follower_counts_of('snapchat') }}
