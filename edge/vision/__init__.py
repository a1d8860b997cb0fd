"""From a frame to faces and the emotion of each: detection, tracking, classification."""
