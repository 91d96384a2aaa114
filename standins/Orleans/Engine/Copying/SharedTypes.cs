using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>The types whose values nobody can change, so that a copy may be the value itself.</summary>
internal static class SharedTypes
{
    private static readonly HashSet<Type> Known =
    [
        typeof(object), typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan),
        typeof(DateOnly), typeof(TimeOnly), typeof(Half), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(Rune),
        typeof(Uri), typeof(Version), typeof(IPAddress), typeof(IPEndPoint), typeof(CultureInfo), typeof(CancellationToken),
        typeof(SiloAddress),
    ];

    public static bool Contains(Type type) =>
        type.IsPrimitive || type.IsEnum || Known.Contains(type) || typeof(Type).IsAssignableFrom(type)
        || (type.IsDefined(typeof(ImmutableAttribute), false) && type.IsDefined(typeof(GenerateSerializerAttribute), false));

    /// <summary>Whether an error can be sent: marked for it, or one of the framework's.</summary>
    public static bool IsExceptionWithCodec(Type type) =>
        type.IsDefined(typeof(GenerateSerializerAttribute), false)
        || type.Namespace is { } space && (space.StartsWith("System", StringComparison.Ordinal)
            || space.StartsWith("Microsoft", StringComparison.Ordinal) || space.StartsWith("Azure", StringComparison.Ordinal));
}
