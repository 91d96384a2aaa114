using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Reflux.Tests.Support;

/// <summary>
/// Where compiled code lets go of a TorchSharp Scalar before the native call that reads it: one that goes neither into a static field nor into the local of a
/// <c>using</c>, and members of official TorchSharp that make one inside.
/// </summary>
public static class UnheldScalars
{
    private static readonly Dictionary<int, OpCode> OpCodes =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

    private static readonly HashSet<string> MakeOneInside = new(StringComparer.OrdinalIgnoreCase)
    {
        "square", "softplus", "softsign", "mish", "celu", "celu_", "elu", "elu_", "leaky_relu", "hardtanh", "hardshrink", "softshrink", "threshold", "prelu",
        "normal", "histogram", "vector_norm", "matrix_norm", "addcdiv", "addcdiv_",
    };

    /// <summary>Each of them as <c>Type.Method: member</c>.</summary>
    /// <param name="assembly">Path of a .dll.</param>
    public static IReadOnlyList<string> In(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        return
        [
            .. from method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition)
               where method.RelativeVirtualAddress != 0
               let name = $"{metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name)}.{metadata.GetString(method.Name)}"
               from member in In(metadata, Decode(file.GetMethodBody(method.RelativeVirtualAddress).GetILReader()))
               select $"{name}: {member}",
        ];
    }

    private static IEnumerable<string> In(MetadataReader metadata, List<Instruction> body)
    {
        for (var i = 0; i < body.Count; i++)
        {
            if (body[i].Code.OperandType == OperandType.InlineMethod && Called(metadata, body[i].Operand) is { } called
                && (called.MakesOneInside || (called.Result == "Scalar" && !IsHeld(metadata, body, body[i + 1]))))
            {
                yield return called.ToString();
            }
        }
    }

    private static bool IsHeld(MetadataReader metadata, List<Instruction> body, Instruction next) =>
        next.Code == System.Reflection.Emit.OpCodes.Stsfld
        || (next.Local("stloc") is { } local && body.Zip(body.Skip(1)).Any(pair =>
            pair.First.Local("ldloc") == local && pair.Second.Code == System.Reflection.Emit.OpCodes.Callvirt && Called(metadata, pair.Second.Operand)?.Name == "Dispose"));

    private static Member? Called(MetadataReader metadata, int token)
    {
        switch (MetadataTokens.EntityHandle(token))
        {
            case { Kind: HandleKind.MethodDefinition } handle:
                var definition = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                return new("", metadata.GetString(definition.Name), definition.DecodeSignature(TypeNames.Instance, null));
            case { Kind: HandleKind.MemberReference } handle:
                var reference = metadata.GetMemberReference((MemberReferenceHandle)handle);
                return new(Owner(metadata, reference.Parent), metadata.GetString(reference.Name), reference.DecodeMethodSignature(TypeNames.Instance, null));
            default:
                return null;
        }
    }

    private static string Owner(MetadataReader metadata, EntityHandle parent)
    {
        var names = new List<string>();
        while (parent.Kind == HandleKind.TypeReference)
        {
            var type = metadata.GetTypeReference((TypeReferenceHandle)parent);
            names.Insert(0, metadata.GetString(type.Name));
            if (!type.Namespace.IsNil)
            {
                names.Insert(0, metadata.GetString(type.Namespace));
            }

            parent = type.ResolutionScope;
        }

        return string.Join('.', names);
    }

    private static List<Instruction> Decode(BlobReader reader)
    {
        var body = new List<Instruction>();
        while (reader.RemainingBytes > 0)
        {
            int value = reader.ReadByte();
            var code = OpCodes[value == 0xfe ? 0xfe00 | reader.ReadByte() : value];
            var operand = 0;
            switch (code.OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    operand = reader.ReadByte();
                    break;
                case OperandType.InlineVar:
                    operand = reader.ReadUInt16();
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    reader.ReadInt64();
                    break;
                case OperandType.InlineSwitch:
                    var targets = reader.ReadInt32();
                    reader.Offset += 4 * targets;
                    break;
                default:
                    operand = reader.ReadInt32();
                    break;
            }

            body.Add(new(code, operand));
        }

        return body;
    }

    private readonly record struct Instruction(OpCode Code, int Operand)
    {
        /// <summary>The index of the local that a stloc or ldloc names in any of its forms; null of other instructions.</summary>
        public int? Local(string kind) =>
            !Code.Name!.StartsWith(kind, StringComparison.Ordinal) ? null : Code.OperandType == OperandType.InlineNone ? Code.Name[^1] - '0' : Operand;
    }

    private sealed record Member(string Owner, string Name, MethodSignature<string> Signature)
    {
        public string Result => Signature.ReturnType;

        public bool MakesOneInside => Owner.StartsWith("TorchSharp.", StringComparison.Ordinal) && Name switch
        {
            "op_Addition" => true,
            "op_Subtraction" => Types[0] == "Scalar" || Types.Any(IsNumber),
            "op_Multiply" or "op_Division" or "op_Modulus" => Types.Any(IsNumber),
            "add" or "add_" => Types.Length + (Signature.Header.IsInstance ? 1 : 0) < 3,
            "arange" => Types.TakeWhile(type => type == "Scalar").Count() < 3,
            _ => MakeOneInside.Contains(Name) && !Types.Contains("Scalar"),
        };

        public override string ToString() => $"{Owner}.{Name}({string.Join(", ", Types)})";

        private ImmutableArray<string> Types => Signature.ParameterTypes;

        private static bool IsNumber(string type) => type is "Int32" or "Int64" or "Single" or "Double";
    }
}
