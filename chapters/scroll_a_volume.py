import matplotlib.pyplot as plt

from slicekit import load, multi_slice_viewer

volume = load()
fig = multi_slice_viewer(volume, aspect=volume.aspect())
plt.show()
