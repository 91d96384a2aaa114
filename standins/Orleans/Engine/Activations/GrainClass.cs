using System.Reflection;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>A grain class: its name, its rules, and how its objects are made.</summary>
internal sealed class GrainClass
{
    private readonly Lazy<GrainConstructor> _constructor;
    private readonly TimeSpan? _declaredAge;

    public GrainClass(Type type)
    {
        Type = type;
        GrainType = GrainType.Create(type.GetCustomAttribute<GrainTypeAttribute>()?.Name ?? ConventionalName(type));
        Reentrant = type.IsDefined(typeof(ReentrantAttribute));
        _declaredAge = type.IsDefined(typeof(KeepAliveAttribute))
            ? Timeout.InfiniteTimeSpan
            : type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit;
        _constructor = new Lazy<GrainConstructor>(() => new GrainConstructor(type));
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool Reentrant { get; }

    public object Construct(Activation activation) => _constructor.Value.Construct(activation);

    /// <summary>How long an activation may be idle; infinite for ever.</summary>
    public TimeSpan AgeLimit(GrainCollectionOptions options) =>
        options.ClassSpecificCollectionAge.TryGetValue(Type.FullName!, out var configured) ? configured : _declaredAge ?? options.CollectionAge;

    /// <summary>The class's name in lower case without the ending "Grain".</summary>
    private static string ConventionalName(Type type)
    {
        const string ending = "grain";
        var name = type.Name.ToLowerInvariant();
        return name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal) ? name[..^ending.Length] : name;
    }
}
