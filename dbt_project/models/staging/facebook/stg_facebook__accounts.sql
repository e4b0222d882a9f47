{{ follower_counts_of('facebook') }}
