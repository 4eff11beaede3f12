"""What models exist and what they are: catalogue, folder scan, header probing, the embedded model and its training."""
