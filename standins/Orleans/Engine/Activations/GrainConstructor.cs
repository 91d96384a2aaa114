using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Makes grain objects: persistent states by their attribute, everything else from the activation's services.</summary>
internal sealed class GrainConstructor
{
    private readonly ObjectFactory _create;
    private readonly Func<Activation, object>[] _states;

    public GrainConstructor(Type grainClass)
    {
        var parameters = grainClass.GetConstructors()
            .Select(constructor => constructor.GetParameters().Where(IsState).ToArray())
            .FirstOrDefault(states => states.Length > 0) ?? [];
        _create = ActivatorUtilities.CreateFactory(grainClass, [.. parameters.Select(parameter => parameter.ParameterType)]);
        _states = [.. parameters.Select(StateFactory)];
    }

    public object Construct(Activation activation) =>
        _create(activation.ActivationServices, [.. _states.Select(state => state(activation))]);

    private static bool IsState(ParameterInfo parameter) => parameter.IsDefined(typeof(PersistentStateAttribute));

    private static Func<Activation, object> StateFactory(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new ArgumentException(
                $"Parameter {parameter.Name} of {parameter.Member.DeclaringType} carries [PersistentState]: its type must be IPersistentState<T>.");
        }

        var attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        var create = typeof(PersistentState<>).MakeGenericType(type.GetGenericArguments())
            .GetMethod(nameof(PersistentState<>.Create), BindingFlags.Static | BindingFlags.Public)!
            .CreateDelegate<Func<Activation, PersistentStateAttribute, object>>();
        return activation => create(activation, attribute);
    }
}
