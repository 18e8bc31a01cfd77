"""One progress bar a lane while a comparison runs: its phase, then its batches."""


class LaneBars:
    """Turns a worker's events into progress bars; a context manager.

    Args:
        bar: what makes a bar, from kfit_teach.progress.
    """

    def __init__(self, bar):
        self._make_bar = bar
        self._bars = {}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for bar in self._bars.values():
            bar.close()

    def show(self, experiment, event):
        """Show one event of one lane."""
        name = experiment.name
        if name not in self._bars:
            batches = experiment.epochs * experiment.steps_per_epoch
            self._bars[name] = self._make_bar(batches, name, "batches")
        bar = self._bars[name]
        if event["event"] == "phase":
            bar.set_postfix_str(event["phase"])
        elif event["event"] == "progress":
            bar.set_postfix_str(f"epoch {event['epoch']} of {experiment.epochs}")
            done = (event["epoch"] - 1) * experiment.steps_per_epoch + event["batch"]
            bar.update(done - bar.n)
        elif event["event"] in ("result", "failed"):
            bar.set_postfix_str("done" if event["event"] == "result" else "failed")
            bar.close()
