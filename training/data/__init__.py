"""Labelled faces: FER2013's CSV file, its FER+ votes, and folders of images."""
