"""What reports call a target."""

def shown(label):
    """Returns a label as a user types it: //cmd/agent:agent.

    Args:
      label: of the target.
    """
    text = str(label)
    return text.lstrip("@") if text.startswith(("@//", "@@//")) else text
