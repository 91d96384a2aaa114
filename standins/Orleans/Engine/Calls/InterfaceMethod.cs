using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.Engine;

/// <summary>A method of a grain interface: how it is called, and what its attributes say.</summary>
internal sealed class InterfaceMethod
{
    private readonly MethodInfo _method;
    private readonly ResultShape _shape;
    private readonly bool[] _immutable;
    private readonly int _cancellationIndex;

    public InterfaceMethod(MethodInfo method)
    {
        _method = method;
        _shape = ResultShape.Of(method);
        var parameters = method.GetParameters();
        if (method.IsGenericMethodDefinition || parameters.Any(parameter => parameter.ParameterType.IsByRef))
        {
            throw new NotSupportedException(
                $"Grain method {method.DeclaringType}.{method.Name} is generic or has by-reference parameters, which this engine does not serve.");
        }

        _immutable = [.. parameters.Select(parameter => parameter.IsDefined(typeof(ImmutableAttribute)))];
        _cancellationIndex = Array.FindIndex(parameters, parameter => parameter.ParameterType == typeof(CancellationToken));
        AlwaysInterleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        OneWay = method.IsDefined(typeof(OneWayAttribute)) || method.ReturnType == typeof(void);
        ResultIsImmutable = method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), false);
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
    }

    public bool AlwaysInterleaves { get; }

    public bool ReadOnly { get; }

    public bool OneWay { get; }

    public bool ResultIsImmutable { get; }

    public TimeSpan? ResponseTimeout { get; }

    public bool TakesCancellation => _cancellationIndex >= 0;

    public CancellationToken CancellationOf(object?[] arguments) =>
        TakesCancellation ? (CancellationToken)arguments[_cancellationIndex]! : CancellationToken.None;

    public void SetCancellation(object?[] arguments, CancellationToken cancellation) => arguments[_cancellationIndex] = cancellation;

    /// <summary>Copies arguments for a callee.</summary>
    public object?[] Copy(Silo destination, object?[] arguments)
    {
        var copier = destination.Copier;
        var context = new CopyContext(destination.Caller);
        var copies = new object?[arguments.Length];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = _immutable[i] || i == _cancellationIndex ? arguments[i] : copier.Copy(arguments[i], context);
        }

        return copies;
    }

    /// <summary>Calls the grain object and awaits what it returns.</summary>
    public Task<object?> InvokeAsync(object grain, object?[] arguments) =>
        _shape.Await(_method.Invoke(grain, BindingFlags.DoNotWrapExceptions, null, arguments, null));

    /// <summary>A response in the form that the method returns.</summary>
    public object? ForCaller(Task<object?> response) => _shape.ForCaller(response);

    public override string ToString() => $"{_method.DeclaringType!.Name}.{_method.Name}";
}
