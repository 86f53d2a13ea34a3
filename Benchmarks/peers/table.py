"""The table of the comparison."""

COLUMNS = ["p50 ms", "p95 ms", "clear p50 ms", "calls held", "CPU s/call-min", "MiB/call", "start ms"]


def figures(result):
    """The columns' numbers of one system; None where there is none. Costs are those of the largest
    number of calls that was held."""
    alone, barge, best = result["alone"], result["barge"], result["best"]
    memory = best.get("memoryKiBPerCall")
    return [
        alone["response"].get("p50Ms"),
        alone["response"].get("p95Ms"),
        barge["clear"].get("p50Ms"),
        best["calls"],
        best.get("cpuSecondsPerCallMinute"),
        memory / 1024 if memory is not None else None,
        alone["startedMs"],
    ]


def number(value):
    if value is None:
        return "–"
    if isinstance(value, int):
        return str(value)
    return f"{value:.3f}" if value < 1 else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def name(system, versions):
    if system == "pipecat":
        return f"Pipecat {versions.get('pipecat-ai', '?')}"
    if system == "fastapi":
        return f"FastAPI {versions.get('fastapi', '?')} app"
    return system


def table(results, failures, versions):
    """A Markdown table: each system's figures, and how many times streamd's they are."""
    rows = [["system", *COLUMNS]]
    own = figures(results["streamd"]) if "streamd" in results else None
    for system, result in results.items():
        cells = [number(value) for value in figures(result)]
        if result["isMost"]:
            cells[3] = "≥ " + cells[3]
        rows.append([name(system, versions), *cells])
    for system, result in results.items():
        if own and system != "streamd":
            rows.append([f"{name(system, versions)} ÷ streamd",
                         *[ratio(value, base) for value, base in zip(figures(result), own)]])
    for system, why in failures.items():
        rows.append([name(system, versions), f"not measured: {why}"] + [""] * (len(COLUMNS) - 1))
    widths = [max(len(row[column]) for row in rows if len(row) > column)
              for column in range(len(COLUMNS) + 1)]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
             for row in rows]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def ratio(value, base):
    if value is None or not base:
        return "–"
    return f"{value / base:.2f} ×"
