"""Several provinces side by side: their clean tables put together, read lazily, compared.

``kgstats collect`` puts the clean tables of workspaces together (`kgstats.national.gather`,
`kgstats.national.written`) and makes the pages that compare provinces
(`kgstats.national.pages`); `kgstats.national.reading.start` opens them in a notebook.
"""
