namespace Reflux.Models.Chat;

/// <summary>Computes the values of expressions.</summary>
internal sealed class ExpressionEvaluator(Budget budget)
{
    public object? Evaluate(Expression expression, Scope scope)
    {
        budget.Enter(expression.Line);
        budget.Spend(1, expression.Line);
        object? value = expression switch
        {
            Expression.Constant constant => constant.Value,
            Expression.Variable variable => scope[variable.Name],
            Expression.Sequence sequence => EvaluateAll(sequence.Items, scope),
            Expression.Mapping mapping => new TemplateMap([.. mapping.Items.Select(item => (Key(item.Key, scope), Evaluate(item.Value, scope)))]),
            Expression.Member member => EvaluateMember(member, scope),
            Expression.Item item => EvaluateItem(item, scope),
            Expression.Slice slice => Operators.Slice(
                Evaluate(slice.Target, scope), Optional(slice.Start, scope), Optional(slice.Stop, scope), Optional(slice.Step, scope), budget, slice.Line),
            Expression.Call call => EvaluateCall(call, scope),
            Expression.Filter filter => EvaluateFilter(filter, scope),
            Expression.Test test => ValueTests.Holds(test.Name, Evaluate(test.Value, scope), Arguments(test.Name, test.Arguments, scope, test.Line)) != test.IsNegated,
            Expression.Unary unary => EvaluateUnary(unary, scope),
            Expression.Binary binary => EvaluateBinary(binary, scope),
            Expression.Comparison comparison => EvaluateComparison(comparison, scope),
            Expression.Conditional conditional => TemplateValues.IsTrue(Evaluate(conditional.Condition, scope))
                ? Evaluate(conditional.Value, scope)
                : conditional.Other is null ? new Undefined("the value of an if without else") : Evaluate(conditional.Other, scope),
            _ => throw new InvalidOperationException(expression.GetType().Name),
        };
        budget.Leave();
        return value;
    }

    private object?[] EvaluateAll(IReadOnlyList<Expression> expressions, Scope scope) => [.. expressions.Select(expression => Evaluate(expression, scope))];

    private object? Optional(Expression? expression, Scope scope) => expression is null ? null : Evaluate(expression, scope);

    private TemplateText Key(Expression expression, Scope scope) =>
        Evaluate(expression, scope) as TemplateText ?? throw new TemplateException("a dictionary key that is not a text", expression.Line, isUnsupported: true);

    private object? EvaluateMember(Expression.Member member, Scope scope)
    {
        object? target = Evaluate(member.Target, scope);
        return TextMethods.Find(target, member.Name) ?? Operators.Item(target, TemplateText.Trusted(member.Name), budget, member.Line);
    }

    private object? EvaluateItem(Expression.Item item, Scope scope)
    {
        object? target = Evaluate(item.Target, scope);
        object? key = Evaluate(item.Key, scope);
        object? value = Operators.Item(target, key, budget, item.Line);
        return value is Undefined && key is TemplateText name ? TextMethods.Find(target, name.Value) ?? value : value;
    }

    private object? EvaluateCall(Expression.Call call, Scope scope)
    {
        object? target = Evaluate(call.Target, scope);
        string name = call.Target switch
        {
            Expression.Variable variable => variable.Name,
            Expression.Member member => member.Name,
            _ => "a call",
        };
        return target is TemplateFunction function
            ? function(Arguments(name, call.Arguments, scope, call.Line))
            : throw new TemplateException($"the function {name}", call.Line, isUnsupported: true);
    }

    private object? EvaluateFilter(Expression.Filter filter, Scope scope) =>
        Filters.Apply(filter.Name, Evaluate(filter.Value, scope), Arguments(filter.Name, filter.Arguments, scope, filter.Line));

    private CallArguments Arguments(string name, Expression.ArgumentList arguments, Scope scope, int line) => new(
        name, EvaluateAll(arguments.Positional, scope), [.. arguments.Named.Select(argument => (argument.Name, Evaluate(argument.Value, scope)))], budget, line);

    private object? EvaluateUnary(Expression.Unary unary, Scope scope)
    {
        object? value = Evaluate(unary.Value, scope);
        return unary.Operator switch
        {
            "not" => !TemplateValues.IsTrue(value),
            "-" => Operators.Negate(value, unary.Line),
            _ => value is bool or long or double ? value : throw new TemplateException($"'+' of {TemplateValues.KindOf(value)}", unary.Line),
        };
    }

    private object? EvaluateBinary(Expression.Binary binary, Scope scope)
    {
        object? left = Evaluate(binary.Left, scope);
        return binary.Operator switch
        {
            "and" => TemplateValues.IsTrue(left) ? Evaluate(binary.Right, scope) : left,
            "or" => TemplateValues.IsTrue(left) ? left : Evaluate(binary.Right, scope),
            _ => Operators.Binary(binary.Operator, left, Evaluate(binary.Right, scope), budget, binary.Line),
        };
    }

    private object EvaluateComparison(Expression.Comparison comparison, Scope scope)
    {
        object? left = Evaluate(comparison.First, scope);
        foreach ((string sign, Expression expression) in comparison.Rest)
        {
            object? right = Evaluate(expression, scope);
            if (!Operators.Compare(sign, left, right, budget, comparison.Line))
            {
                return false;
            }

            left = right;
        }

        return true;
    }
}
