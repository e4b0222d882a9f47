{{ follower_counts_of('x') }}
