"""Figures of the pages as SVG, sharp at every size; of a kernel's log its errors."""

c = get_config()  # noqa: F821
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": "tight"}
c.HistoryManager.enabled = False
c.IPKernelApp.log_level = 40  # errors; each kernel warns that it speaks to us without encryption
