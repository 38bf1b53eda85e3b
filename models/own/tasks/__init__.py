"""What a user's network may be for: how its data lie in a folder and how its answers are scored."""

from models.own.tasks.scored import Scored
from models.own.tasks.task import TASKS, Task

__all__ = ["TASKS", "Scored", "Task"]
