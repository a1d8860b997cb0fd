"""`moodpi serve`: the page and the interfaces for a home. Nothing here imports Starlette or uvicorn
until a server is built, so that the daemon without the extra `web` pays nothing.
"""
