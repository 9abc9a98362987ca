"""Programs that write files of this repository; the Makefile runs them."""
