using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Reflux.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Api;

/// <summary>
/// Writes what <see cref="ApiSurface"/> writes, from an assembly file alone: nothing is loaded, so the assemblies that it refers to
/// need not be there.
/// </summary>
internal sealed class MetadataSurface
{
    private readonly MetadataReader _reader;
    private readonly SignatureNames _names = new();
    private readonly Dictionary<string, TypeDefinition> _types = new(StringComparer.Ordinal);

    private MetadataSurface(MetadataReader reader)
    {
        _reader = reader;
        foreach (var type in reader.TypeDefinitions.Select(reader.GetTypeDefinition).Where(IsExported))
        {
            _types[$"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}"] = type;
        }
    }

    /// <summary>The exported types of an assembly file by full name, each with its lines.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var surface = new MetadataSurface(file.GetMetadataReader());
        return surface._types.ToDictionary(
            type => type.Key,
            type => (IReadOnlySet<string>)surface.Describe(type.Value).ToHashSet(StringComparer.Ordinal));
    }

    private static bool IsExported(TypeDefinition type) => (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public;

    private IEnumerable<string> Describe(TypeDefinition type)
    {
        var generics = NamesIn(type);
        var name = SignatureNames.Of(_reader, type) + SignatureNames.Arguments(generics.OfType);
        yield return $"{Kind(type)} {name}";
        foreach (var contract in Contracts(type, generics))
        {
            yield return $"{name} : {contract}";
        }

        foreach (var field in type.GetFields().Select(_reader.GetFieldDefinition))
        {
            yield return Field(field, name, generics);
        }

        foreach (var property in type.GetProperties().Select(_reader.GetPropertyDefinition))
        {
            yield return Property(property, name, generics);
        }

        foreach (var method in type.GetMethods().Select(_reader.GetMethodDefinition))
        {
            yield return Method(method, name, generics);
        }
    }

    private string Kind(TypeDefinition type)
    {
        var attributes = type.Attributes;
        var isAbstract = attributes.HasFlag(TypeAttributes.Abstract);
        var isSealed = attributes.HasFlag(TypeAttributes.Sealed);
        return (Base(type), isAbstract, isSealed) switch
        {
            ("System.Enum", _, _) => $"enum({EnumType(type)})",
            _ when attributes.HasFlag(TypeAttributes.Interface) => "interface",
            ("System.ValueType", _, _) => "struct",
            (_, true, true) => "static class",
            (_, true, _) => "abstract class",
            (_, _, true) => "sealed class",
            _ => "class",
        };
    }

    private string? Base(TypeDefinition type) => type.BaseType.IsNil ? null : _names.Of(_reader, type.BaseType, NamesIn(type));

    private string EnumType(TypeDefinition type) => type.GetFields().Select(_reader.GetFieldDefinition)
        .First(field => !field.Attributes.HasFlag(FieldAttributes.Static)).DecodeSignature(_names, GenericNames.None);

    /// <summary>Its own interfaces, those of base classes in this assembly, and those of a base class of the framework.</summary>
    private IEnumerable<string> Contracts(TypeDefinition type, GenericNames generics)
    {
        var own = type.GetInterfaceImplementations()
            .Select(handle => _names.Of(_reader, _reader.GetInterfaceImplementation(handle).Interface, generics));
        if (Base(type) is not { } baseName)
        {
            return own;
        }

        if (_types.TryGetValue(baseName, out var baseType))
        {
            return own.Concat(Contracts(baseType, NamesIn(baseType)));
        }

        return Type.GetType(baseName) is { } framework
            ? own.Concat(ApiSurface.Describe(framework).Where(line => line.StartsWith($"{baseName} : ", StringComparison.Ordinal))
                .Select(line => line[(baseName.Length + 3)..]))
            : own;
    }

    private string Field(FieldDefinition field, string owner, GenericNames generics)
    {
        var constant = field.GetDefaultValue();
        var isStatic = field.Attributes.HasFlag(FieldAttributes.Static) && constant.IsNil;
        return $"{(isStatic ? "static " : "")}{field.DecodeSignature(_names, generics)} {owner}.{_reader.GetString(field.Name)}"
            + (constant.IsNil ? "" : $" = {Literal(constant)}");
    }

    private string Property(PropertyDefinition property, string owner, GenericNames generics)
    {
        var accessors = property.GetAccessors();
        var getter = Seen(accessors.Getter);
        var setter = Seen(accessors.Setter);
        var signature = property.DecodeSignature(_names, generics);
        var word = getter is "" || setter is "" ? "" : "protected ";
        return $"{word}{(signature.Header.IsInstance ? "" : "static ")}{signature.ReturnType} {owner}.{_reader.GetString(property.Name)}"
            + $" {{{(getter is null ? "" : " get;")}{(setter is null ? "" : " set;")} }}";
    }

    private string? Seen(MethodDefinitionHandle accessor) => accessor.IsNil ? null : Access(_reader.GetMethodDefinition(accessor));

    private static string? Access(MethodDefinition method) => (method.Attributes & MethodAttributes.MemberAccessMask) switch
    {
        MethodAttributes.Public => "",
        MethodAttributes.Family or MethodAttributes.FamORAssem => "protected ",
        _ => null,
    };

    private string Method(MethodDefinition method, string owner, GenericNames typeGenerics)
    {
        var methodGenerics = Generics(method.GetGenericParameters());
        var signature = method.DecodeSignature(_names, typeGenerics with { OfMethod = methodGenerics });
        var parameters = method.GetParameters().Select(_reader.GetParameter).Where(parameter => parameter.SequenceNumber > 0)
            .OrderBy(parameter => parameter.SequenceNumber)
            .Zip(signature.ParameterTypes, Parameter);
        var name = _reader.GetString(method.Name);
        var list = string.Join(", ", parameters);
        return Access(method) + (name == ".ctor"
            ? $"{owner}.ctor({list})"
            : $"{(signature.Header.IsInstance ? "" : "static ")}{signature.ReturnType} {owner}.{name}{SignatureNames.Arguments(methodGenerics)}({list})");
    }

    private string Parameter(Parameter parameter, string type)
    {
        var byReference = type.EndsWith('&');
        var prefix = parameter.GetCustomAttributes().Any(IsParams) ? "params "
            : parameter.Attributes.HasFlag(ParameterAttributes.Out) && byReference ? "out "
            : byReference ? "ref "
            : "";
        var value = parameter.GetDefaultValue() is { IsNil: false } constant ? $" = {Literal(constant, "default")}" : "";
        return $"{prefix}{type.TrimEnd('&')} {_reader.GetString(parameter.Name)}{value}";
    }

    private bool IsParams(CustomAttributeHandle handle) =>
        _reader.GetCustomAttribute(handle).Constructor is { Kind: HandleKind.MemberReference } constructor
        && _names.Of(_reader, _reader.GetMemberReference((MemberReferenceHandle)constructor).Parent, GenericNames.None) == typeof(ParamArrayAttribute).FullName;

    private string Literal(ConstantHandle handle, string nothing = "null")
    {
        var constant = _reader.GetConstant(handle);
        return _reader.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode) switch
        {
            null => nothing,
            string text => $"\"{text}\"",
            bool flag => flag ? "true" : "false",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    private GenericNames NamesIn(TypeDefinition type) => new(Generics(type.GetGenericParameters()), []);

    private string[] Generics(GenericParameterHandleCollection parameters) =>
        [.. parameters.Select(handle => _reader.GetString(_reader.GetGenericParameter(handle).Name))];
}
