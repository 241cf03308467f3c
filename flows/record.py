"""The group of commands `record`: all that people say, of their work and of a judgement."""

import typer

from flows import recorded, recorded_judgement

app = typer.Typer(no_args_is_help=True, help="Write down what people said: check-ins, readings, evidence, promises, plans.")

app.command("check-in")(recorded.check_in)
app.command("reading")(recorded.reading)
app.command("evidence")(recorded.evidence)
app.command("acknowledge")(recorded.acknowledge)
app.command("waive")(recorded.waive)
app.command("plan")(recorded_judgement.plan)
app.command("accept")(recorded_judgement.accept)
app.command("send-back")(recorded_judgement.send_back)
app.command("override")(recorded_judgement.override)
