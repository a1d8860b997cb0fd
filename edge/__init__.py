"""The Pi's side: camera, faces, emotion, mood, recommender, players, daemon."""
