using System.Collections.Concurrent;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Engine;

/// <summary>Copies what crosses a grain call, as serialisation would, and refuses what could not be serialised.</summary>
internal sealed class DeepCopier
{
    private static readonly Func<object, CopyContext, object> Same = (value, _) => value;
    private readonly ConcurrentDictionary<Type, Func<object, CopyContext, object>> _copiers = new();
    private readonly CollectionCopiers _collections;

    public DeepCopier(ApplicationParts parts)
    {
        _collections = new CollectionCopiers(this);
        foreach (var converter in parts.Converters)
        {
            var (valueType, copier) = SurrogateCopier.Of(converter, this);
            _copiers[valueType] = copier;
        }
    }

    /// <summary>A copy that shares nothing changeable with the original.</summary>
    /// <exception cref="CodecNotFoundException">A type in it can't be serialised.</exception>
    public T Copy<T>(T value, GrainCaller? receiver = null) => (T)Copy(value, new CopyContext(receiver))!;

    public object? Copy(object? value, CopyContext context)
    {
        if (value is null)
        {
            return null;
        }

        if (context.TryGet(value, out var copy))
        {
            return copy;
        }

        copy = CopierOf(value.GetType())(value, context);
        if (!ReferenceEquals(copy, value) && !value.GetType().IsValueType)
        {
            context.Record(value, copy);
        }

        return copy;
    }

    /// <summary>An error in the form in which a caller gets it: itself, or what says that it can't be sent.</summary>
    public Exception Transportable(Exception failure)
    {
        try
        {
            CopierOf(failure.GetType());
            return failure;
        }
        catch (CodecNotFoundException refusal)
        {
            return new CodecNotFoundException($"{refusal.Message} It was raised by a grain with the message: {failure.Message}");
        }
    }

    private Func<object, CopyContext, object> CopierOf(Type type) => _copiers.GetOrAdd(type, Find);

    private Func<object, CopyContext, object> Find(Type type)
    {
        if (SharedTypes.Contains(type))
        {
            return Same;
        }

        if (typeof(GrainReference).IsAssignableFrom(type))
        {
            return (reference, context) => ((GrainReference)reference).BoundTo(context.Receiver);
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return SharedTypes.IsExceptionWithCodec(type) ? Same : throw NotFound(type);
        }

        return _collections.Find(type)
            ?? (type.IsDefined(typeof(GenerateSerializerAttribute), false) ? new MemberCopier(type, this).Copy : throw NotFound(type));
    }

    private static CodecNotFoundException NotFound(Type type) => new(
        $"Could not find a copier for type {type}. Only types that can be serialised cross a grain call: mark it with [GenerateSerializer] "
        + "and its members with [Id], or register a converter for it.");
}
