using System.Globalization;
using System.Reflection;

namespace Reflux.Tests.Support;

/// <summary>
/// Writes the public surface of an assembly as text, one type or member a line, so that a committed list (`api.txt`)
/// can be compared with what an assembly serves, and with what the official assembly of the same name has.
/// </summary>
public static class ApiSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Every public type and member of the assembly, in ordinal order.</summary>
    public static IReadOnlyList<string> Describe(Assembly assembly) =>
        [.. assembly.GetExportedTypes().SelectMany(Describe).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The type itself, what it implements, its public members, and those that its subclasses see.</summary>
    public static IEnumerable<string> Describe(Type type)
    {
        string name = Name(type);
        yield return $"{Kind(type)} {name}";
        foreach (Type contract in type.GetInterfaces().Where(i => i.IsVisible && !type.IsEnum))
        {
            yield return $"{name} : {Name(contract)}";
        }

        foreach (MemberInfo member in type.GetMembers(Declared).Where(m => !m.Name.Contains('<', StringComparison.Ordinal)))
        {
            if (Access(member) is not { } access || (access.Length > 0 && type.IsSealed))
            {
                continue;
            }

            switch (member)
            {
                case FieldInfo field when !field.IsSpecialName:
                    yield return access + $"{(field.IsStatic && !field.IsLiteral ? "static " : "")}{Name(field.FieldType)} {name}.{field.Name}"
                        + (field.IsLiteral ? $" = {Literal(field.GetRawConstantValue())}" : "");
                    break;
                case PropertyInfo property:
                    yield return access + Property(name, property);
                    break;
                case ConstructorInfo constructor:
                    yield return access + $"{name}.ctor({Parameters(constructor)})";
                    break;
                case MethodInfo method when !IsAccessor(method):
                    string generics = method.IsGenericMethod
                        ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>"
                        : "";
                    yield return access + $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {name}.{method.Name}{generics}({Parameters(method)})";
                    break;
                case EventInfo happening:
                    yield return access + $"event {Name(happening.EventHandlerType!)} {name}.{happening.Name}";
                    break;
            }
        }
    }

    /// <summary>The word before a member; empty for a public one, null for one that nobody outside sees.</summary>
    private static string? Access(MemberInfo member) => member switch
    {
        FieldInfo field => Word(field.IsPublic, field.IsFamily || field.IsFamilyOrAssembly),
        MethodInfo { Name: "Finalize" } => null,
        MethodBase method => Word(method.IsPublic, method.IsFamily || method.IsFamilyOrAssembly),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Select(Access).Where(word => word is not null).Min(),
        EventInfo happening => Access(happening.AddMethod!),
        _ => null,
    };

    private static string? Word(bool isPublic, bool isProtected) => isPublic ? "" : isProtected ? "protected " : null;

    private static string Property(string owner, PropertyInfo property)
    {
        bool isStatic = (property.GetMethod ?? property.SetMethod)!.IsStatic;
        string index = property.GetIndexParameters() is { Length: > 0 } parameters
            ? $"[{string.Join(", ", parameters.Select(Parameter))}]"
            : "";
        string accessors = (IsSeen(property.GetMethod) ? " get;" : "") + (IsSeen(property.SetMethod) ? " set;" : "");
        return $"{(isStatic ? "static " : "")}{Name(property.PropertyType)} {owner}.{property.Name}{index} {{{accessors} }}";
    }

    private static bool IsSeen(MethodInfo? accessor) => accessor is not null && Access(accessor) is not null;

    // an operator is special by name too, but it is surface
    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => $"enum({Name(Enum.GetUnderlyingType(type))})",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string prefix = parameter.IsDefined(typeof(ParamArrayAttribute), inherit: false) ? "params "
            : parameter.IsOut ? "out "
            : parameter.ParameterType.IsByRef ? "ref "
            : "";
        string value = !parameter.HasDefaultValue ? ""
            : parameter.RawDefaultValue is null ? " = default"
            : $" = {Literal(parameter.RawDefaultValue)}";
        Type type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return $"{prefix}{Name(type)} {parameter.Name}{value}";
    }

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        Enum e => Convert.ToInt64(e, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsPointer)
        {
            return $"{Name(type.GetElementType()!)}*";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return $"{Name(underlying)}?";
        }

        string simple = type.IsNested ? $"{Name(Definition(type.DeclaringType!))}.{Bare(type)}"
            : string.IsNullOrEmpty(type.Namespace) ? Bare(type)
            : $"{type.Namespace}.{Bare(type)}";
        return type.IsGenericType ? $"{simple}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : simple;
    }

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static string Bare(Type type) => type.Name.Split('`')[0];
}
