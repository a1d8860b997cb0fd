"""Pictures over HTTP: a client with limits, authorization, and JPEGs cut out of a stream."""
