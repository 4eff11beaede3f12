"""How a picture was made, as what A1111, ComfyUI, InvokeAI and others write into files. A module a grammar; no Qt."""
