using System.Reflection;

namespace Orleans.Engine;

/// <summary>Converts between a method's return type and the boxed result that travels.</summary>
internal abstract class ResultShape
{
    public static ResultShape Of(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(void) || type == typeof(Task))
        {
            return new PlainTask();
        }

        if (type == typeof(ValueTask))
        {
            return new PlainValueTask();
        }

        var shape = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (shape == typeof(Task<>) || shape == typeof(ValueTask<>))
        {
            var closed = (shape == typeof(Task<>) ? typeof(TaskOf<>) : typeof(ValueTaskOf<>)).MakeGenericType(type.GetGenericArguments());
            return (ResultShape)Activator.CreateInstance(closed)!;
        }

        throw new NotSupportedException(
            $"Grain method {method.DeclaringType}.{method.Name} returns {type}: it must return Task, ValueTask, Task<T> or ValueTask<T>, or void one-way.");
    }

    public abstract Task<object?> Await(object? returned);

    public abstract object? ForCaller(Task<object?> response);

    private sealed class PlainTask : ResultShape
    {
        public override async Task<object?> Await(object? returned)
        {
            if (returned is Task task)
            {
                await task;
            }

            return null;
        }

        public override object ForCaller(Task<object?> response) => response;
    }

    private sealed class PlainValueTask : ResultShape
    {
        public override async Task<object?> Await(object? returned)
        {
            await (ValueTask)returned!;
            return null;
        }

        public override object ForCaller(Task<object?> response) => new ValueTask(response);
    }

    private sealed class TaskOf<T> : ResultShape
    {
        public override async Task<object?> Await(object? returned) => await (Task<T>)returned!;

        public override object ForCaller(Task<object?> response) => Typed<T>(response);
    }

    private sealed class ValueTaskOf<T> : ResultShape
    {
        public override async Task<object?> Await(object? returned) => await (ValueTask<T>)returned!;

        public override object ForCaller(Task<object?> response) => new ValueTask<T>(Typed<T>(response));
    }

    private static async Task<T> Typed<T>(Task<object?> response) => (T)(await response)!;
}
