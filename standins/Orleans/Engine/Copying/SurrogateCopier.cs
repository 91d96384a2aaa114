using System.Reflection;

namespace Orleans.Engine;

/// <summary>Copies values of a foreign type by way of the surrogate that a converter makes of them.</summary>
internal static class SurrogateCopier
{
    public static (Type ValueType, Func<object, CopyContext, object> Copier) Of(Type converter, DeepCopier copier)
    {
        var contract = Array.Find(
                converter.GetInterfaces(),
                candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IConverter<,>))
            ?? throw new InvalidOperationException($"{converter} carries [RegisterConverter] but does not implement IConverter<TValue, TSurrogate>.");
        var make = typeof(SurrogateCopier).GetMethod(nameof(Make), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(contract.GetGenericArguments());
        var copy = make.Invoke(null, [Activator.CreateInstance(converter), copier])!;
        return (contract.GetGenericArguments()[0], (Func<object, CopyContext, object>)copy);
    }

    private static Func<object, CopyContext, object> Make<TValue, TSurrogate>(IConverter<TValue, TSurrogate> converter, DeepCopier copier)
        where TSurrogate : struct => (value, context) =>
    {
        var surrogate = converter.ConvertToSurrogate((TValue)value);
        return converter.ConvertFromSurrogate((TSurrogate)copier.Copy(surrogate, context)!)!;
    };
}
