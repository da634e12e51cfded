"""The pages every register is given. Each begins at ``here.of(…)``; each change is one commit."""
