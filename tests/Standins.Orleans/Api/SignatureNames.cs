using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Reflux.Standins.Orleans.Tests.Api;

/// <summary>The names of the generic parameters in sight.</summary>
internal sealed record GenericNames(string[] OfType, string[] OfMethod)
{
    public static GenericNames None { get; } = new([], []);
}

/// <summary>Writes types in metadata as reflection would name them.</summary>
internal sealed class SignatureNames : ISignatureTypeProvider<string, GenericNames>
{
    public static string Of(MetadataReader reader, TypeDefinition type) => Bare(reader.GetString(type.Namespace), reader.GetString(type.Name));

    public static string Arguments(IReadOnlyCollection<string> names) => names.Count == 0 ? "" : $"<{string.Join(", ", names)}>";

    public string Of(MetadataReader reader, EntityHandle type, GenericNames context) => type.Kind switch
    {
        HandleKind.TypeDefinition => GetTypeFromDefinition(reader, (TypeDefinitionHandle)type, 0),
        HandleKind.TypeReference => GetTypeFromReference(reader, (TypeReferenceHandle)type, 0),
        _ => GetTypeFromSpecification(reader, context, (TypeSpecificationHandle)type, 0),
    };

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        Of(reader, reader.GetTypeDefinition(handle));

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, 0)}.{Bare("", reader.GetString(type.Name))}"
            : Bare(reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    public string GetTypeFromSpecification(MetadataReader reader, GenericNames genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => $"System.{typeCode}";

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) =>
        genericType == "System.Nullable" ? $"{typeArguments[0]}?" : genericType + Arguments(typeArguments);

    public string GetGenericTypeParameter(GenericNames genericContext, int index) => genericContext.OfType[index];

    public string GetGenericMethodParameter(GenericNames genericContext, int index) => genericContext.OfMethod[index];

    public string GetSZArrayType(string elementType) => $"{elementType}[]";

    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

    public string GetByReferenceType(string elementType) => $"{elementType}&";

    public string GetPointerType(string elementType) => $"{elementType}*";

    public string GetPinnedType(string elementType) => elementType;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetFunctionPointerType(MethodSignature<string> signature) => "delegate*";

    private static string Bare(string space, string name) => (space.Length == 0 ? "" : $"{space}.") + name.Split('`')[0];
}
