"""What runs generated CUDA with numpy, pycuda and nvcc alone: engine ``cuda`` imports it, drivers carry it as text."""
