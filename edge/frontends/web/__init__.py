"""The page and the HTTP interface (`moodpi serve`). This module imports neither Starlette nor
uvicorn, so a daemon without the extra `web` does not need them.
"""
