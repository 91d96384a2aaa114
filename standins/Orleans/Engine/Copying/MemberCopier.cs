using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Serialization;

namespace Orleans.Engine;

/// <summary>Copies the members of a type that serialisation would carry: those with an id, and a record's primary constructor.</summary>
internal sealed class MemberCopier
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private readonly Type _type;
    private readonly DeepCopier _copier;
    private readonly ConstructorInfo? _constructor;
    private readonly List<(FieldInfo Field, bool Shared)> _members = [];

    public MemberCopier(Type type, DeepCopier copier)
    {
        _type = type;
        _copier = copier;
        _constructor = type.IsValueType ? null : type.GetConstructor(Declared, Type.EmptyTypes);
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            if (!level.IsDefined(typeof(GenerateSerializerAttribute), false))
            {
                throw new CodecNotFoundException($"Could not find a copier for type {level}, the base of {type}: mark it with [GenerateSerializer].");
            }

            _members.AddRange(MembersOf(level));
        }
    }

    public object Copy(object original, CopyContext context)
    {
        var copy = _constructor?.Invoke(null) ?? RuntimeHelpers.GetUninitializedObject(_type);
        if (!_type.IsValueType)
        {
            context.Record(original, copy);
        }

        foreach (var (field, shared) in _members)
        {
            var value = field.GetValue(original);
            field.SetValue(copy, shared ? value : _copier.Copy(value, context));
        }

        return copy;
    }

    private static IEnumerable<(FieldInfo Field, bool Shared)> MembersOf(Type type)
    {
        foreach (var field in type.GetFields(Declared).Where(field => field.IsDefined(typeof(IdAttribute))))
        {
            yield return (field, field.IsDefined(typeof(ImmutableAttribute)));
        }

        var positional = PositionalNames(type);
        foreach (var property in type.GetProperties(Declared))
        {
            if (!property.IsDefined(typeof(IdAttribute)) && !positional.Contains(property.Name))
            {
                continue;
            }

            var field = type.GetField($"<{property.Name}>k__BackingField", Declared)
                ?? throw new CodecNotFoundException($"Property {type}.{property.Name} carries [Id] but stores nothing itself: mark its field instead.");
            yield return (field, property.IsDefined(typeof(ImmutableAttribute)));
        }
    }

    /// <summary>The names of a record's positional members: parameters of its primary constructor that are auto-properties.</summary>
    private static HashSet<string> PositionalNames(Type type)
    {
        var isRecord = type.GetMethod("PrintMembers", Declared, [typeof(System.Text.StringBuilder)]) is not null;
        if (!isRecord)
        {
            return [];
        }

        return
        [
            .. type.GetConstructors(Declared)
                .Select(constructor => constructor.GetParameters())
                .Where(parameters => parameters.All(parameter => type.GetProperty(parameter.Name!, Declared)?.PropertyType == parameter.ParameterType))
                .OrderByDescending(parameters => parameters.Length)
                .FirstOrDefault([])
                .Select(parameter => parameter.Name!),
        ];
    }
}
