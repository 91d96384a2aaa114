using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Finds the class that implements a grain interface.</summary>
internal sealed class GrainTypeMap
{
    private readonly Dictionary<GrainType, GrainClass> _byName = [];
    private readonly List<GrainClass> _classes;

    public GrainTypeMap(ApplicationParts parts)
    {
        _classes = [.. parts.GrainClasses.Select(type => new GrainClass(type))];
        foreach (var grainClass in _classes)
        {
            if (!_byName.TryAdd(grainClass.GrainType, grainClass))
            {
                throw new InvalidOperationException(
                    $"Grain classes {_byName[grainClass.GrainType].Type} and {grainClass.Type} share the name '{grainClass.GrainType}': "
                    + "give one of them a [GrainType].");
            }
        }
    }

    /// <summary>The class of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public GrainClass ClassOf(GrainType grainType) => _byName.TryGetValue(grainType, out var grainClass)
        ? grainClass
        : throw new ArgumentException($"No grain class is named '{grainType}'.", nameof(grainType));

    /// <summary>The class that implements an interface: the only one, or the one named like it.</summary>
    /// <exception cref="ArgumentException">There is none, or there are several.</exception>
    public GrainClass ImplementationOf(Type interfaceType, string? classNamePrefix)
    {
        var candidates = _classes
            .Where(grainClass => interfaceType.IsAssignableFrom(grainClass.Type))
            .Where(grainClass => classNamePrefix is null || grainClass.Type.FullName!.StartsWith(classNamePrefix, StringComparison.Ordinal))
            .ToArray();
        if (candidates is [var only])
        {
            return only;
        }

        if (Array.Find(candidates, candidate => "I" + candidate.Type.Name == interfaceType.Name) is { } conventional)
        {
            return conventional;
        }

        var found = string.Join(", ", candidates.Select(candidate => candidate.Type.FullName));
        throw new ArgumentException(
            candidates.Length == 0
                ? $"Could not find an implementation for interface {interfaceType}. Is its assembly loaded or referenced by the entry assembly?"
                : $"Unable to identify a single appropriate grain type for interface {interfaceType}. Candidates: {found}",
            nameof(interfaceType));
    }
}
