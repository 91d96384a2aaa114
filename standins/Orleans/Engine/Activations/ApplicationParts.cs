using System.Reflection;

namespace Orleans.Engine;

/// <summary>The grain classes and converters of the application: of every loaded or referenced assembly that uses this engine.</summary>
internal sealed class ApplicationParts
{
    private ApplicationParts(IReadOnlyCollection<Assembly> assemblies)
    {
        var types = assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type is { IsClass: true, IsAbstract: false } or { IsValueType: true }).ToArray();
        GrainClasses = [.. types.Where(IsGrainClass)];
        Converters = [.. types.Where(type => type.IsDefined(typeof(RegisterConverterAttribute), false))];
    }

    /// <summary>What is loaded when it is first asked for.</summary>
    public static ApplicationParts Loaded => new(Assemblies());

    public IReadOnlyList<Type> GrainClasses { get; }

    public IReadOnlyList<Type> Converters { get; }

    private static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsGenericTypeDefinition: false } && typeof(IGrainBase).IsAssignableFrom(type);

    private static HashSet<Assembly> Assemblies()
    {
        var engine = typeof(ApplicationParts).Assembly.GetName().Name;
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var parts = new HashSet<Assembly>();
        var queue = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic));
        while (queue.TryDequeue(out var assembly))
        {
            if (IsFramework(assembly.GetName()) || !visited.Add(assembly.FullName!))
            {
                continue;
            }

            var references = assembly.GetReferencedAssemblies();
            if (references.Any(reference => reference.Name == engine))
            {
                parts.Add(assembly);
            }

            foreach (var reference in references.Where(reference => !IsFramework(reference) && !visited.Contains(reference.FullName)))
            {
                if (TryLoad(reference) is { } loaded)
                {
                    queue.Enqueue(loaded);
                }
            }
        }

        return parts;
    }

    private static bool IsFramework(AssemblyName name) =>
        name.Name is not { } simple || simple is "mscorlib" or "netstandard" or "System"
        || simple.StartsWith("System.", StringComparison.Ordinal) || simple.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception failure) when (failure is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            // A reference that is not deployed can't hold grains of this application.
            return null;
        }
    }
}
