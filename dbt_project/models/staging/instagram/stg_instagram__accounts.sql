{{ follower_counts_of('instagram') }}
