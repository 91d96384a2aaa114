namespace Reflux.Models.Chat;

/// <summary>Runs the statements of a template.</summary>
internal sealed class TemplateRenderer
{
    private readonly Budget _budget;
    private readonly ExpressionEvaluator _evaluator;
    private List<TemplateText> _output = [];
    private int _loopDepth;

    public TemplateRenderer(Budget budget) => (_budget, _evaluator) = (budget, new ExpressionEvaluator(budget));

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    public TemplateText Render(IReadOnlyList<Statement> statements, Scope scope)
    {
        Run(statements, scope);
        return TemplateText.Concat(_output);
    }

    private Flow Run(IReadOnlyList<Statement> statements, Scope scope)
    {
        foreach (Statement statement in statements)
        {
            _budget.Enter(statement.Line);
            _budget.Spend(1, statement.Line);
            Flow flow = Run(statement, scope);
            _budget.Leave();
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case Statement.Data data:
                Write(data.Text, data.Line);
                break;
            case Statement.Output output:
                Write(TemplateValues.ToText(_evaluator.Evaluate(output.Value, scope), _budget, output.Line), output.Line);
                break;
            case Statement.If choice:
                foreach ((Expression? condition, IReadOnlyList<Statement> body) in choice.Branches)
                {
                    if (condition is null || TemplateValues.IsTrue(_evaluator.Evaluate(condition, scope)))
                    {
                        return Run(body, scope);
                    }
                }

                break;
            case Statement.For loop:
                return RunLoop(loop, scope);
            case Statement.Set set:
                Assign(set.Targets, _evaluator.Evaluate(set.Value, scope), scope, set.Line);
                break;
            case Statement.SetBlock set:
                scope[set.Target] = Capture(set.Body, scope);
                break;
            case Statement.SetMember set:
                TemplateNamespace space = scope[set.Target] as TemplateNamespace ?? throw new TemplateException($"'{set.Target}' is no namespace", set.Line);
                space.Values[set.Member] = _evaluator.Evaluate(set.Value, scope);
                break;
            case Statement.Macro macro:
                scope[macro.Name] = (TemplateFunction)(call => Call(macro, call, scope));
                break;
            case Statement.Break:
                return Flow.Break;
            case Statement.Continue:
                return Flow.Continue;
            default:
                throw new InvalidOperationException(statement.GetType().Name);
        }

        return Flow.Next;
    }

    private Flow RunLoop(Statement.For loop, Scope scope)
    {
        IReadOnlyList<object?> items = Operators.Items(_evaluator.Evaluate(loop.Items, scope), _budget, loop.Line);
        _budget.Spend(items.Count, loop.Line);
        if (loop.Condition is { } condition)
        {
            items =
            [
                .. items.Where(item =>
                {
                    Scope tried = new(scope);
                    Assign(loop.Targets, item, tried, loop.Line);
                    return TemplateValues.IsTrue(_evaluator.Evaluate(condition, tried));
                }),
            ];
        }

        if (items.Count == 0)
        {
            return Run(loop.Else, scope);
        }

        // a round makes its scope and its loop variable
        _budget.Spend(10L * items.Count, loop.Line);
        _loopDepth++;
        for (int i = 0; i < items.Count; i++)
        {
            Scope round = new(scope) { ["loop"] = LoopItem.Of(items, i, _loopDepth) };
            Assign(loop.Targets, items[i], round, loop.Line);
            if (Run(loop.Body, round) == Flow.Break)
            {
                break;
            }
        }

        _loopDepth--;
        return Flow.Next;
    }

    private void Assign(IReadOnlyList<string> targets, object? value, Scope scope, int line)
    {
        if (targets.Count == 1)
        {
            scope[targets[0]] = value;
            return;
        }

        IReadOnlyList<object?> parts = Operators.Items(value, _budget, line);
        if (parts.Count != targets.Count)
        {
            throw new TemplateException($"{parts.Count} values for {targets.Count} names", line);
        }

        for (int i = 0; i < parts.Count; i++)
        {
            scope[targets[i]] = parts[i];
        }
    }

    private TemplateText Call(Statement.Macro macro, CallArguments call, Scope definition)
    {
        string[] names = [.. macro.Parameters.Select(parameter => parameter.Name)];
        call.AtMost(names.Length, names);
        Scope scope = new(definition);
        for (int i = 0; i < names.Length; i++)
        {
            object? given = call.Get(i, names[i], new Undefined(names[i]));
            scope[names[i]] = given is Undefined && macro.Parameters[i].Default is { } fallback ? _evaluator.Evaluate(fallback, scope) : given;
        }

        return Capture(macro.Body, scope);
    }

    private TemplateText Capture(IReadOnlyList<Statement> body, Scope scope)
    {
        List<TemplateText> outer = _output;
        _output = [];
        Run(body, new Scope(scope));
        TemplateText text = TemplateText.Concat(_output);
        _output = outer;
        return text;
    }

    private void Write(TemplateText text, int line)
    {
        _budget.Spend(text.Value.Length, line);
        _output.Add(text);
    }
}
