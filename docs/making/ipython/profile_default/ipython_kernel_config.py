"""Figures of the pages as SVG, sharp at every size."""

c = get_config()  # noqa: F821
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": "tight"}
c.HistoryManager.enabled = False
