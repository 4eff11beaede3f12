"""People: who they are and what they wear, their poses, heads and bodies, and how somebody would scribble them."""
