"""Who goes where: batch, problem, solver, checker, explanation, route sheets."""
