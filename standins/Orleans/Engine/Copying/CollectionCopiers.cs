using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Engine;

/// <summary>Copies arrays, the framework's collections and tuples, element by element.</summary>
internal sealed class CollectionCopiers(DeepCopier copier)
{
    private static readonly Dictionary<Type, string> Methods = new()
    {
        [typeof(List<>)] = nameof(ListOf),
        [typeof(HashSet<>)] = nameof(SetOf),
        [typeof(Queue<>)] = nameof(QueueOf),
        [typeof(Stack<>)] = nameof(StackOf),
        [typeof(ReadOnlyCollection<>)] = nameof(ReadOnlyOf),
        [typeof(Dictionary<,>)] = nameof(DictionaryOf),
        [typeof(SortedDictionary<,>)] = nameof(SortedDictionaryOf),
        [typeof(KeyValuePair<,>)] = nameof(PairOf),
        [typeof(ImmutableArray<>)] = nameof(ImmutableArrayOf),
        [typeof(ImmutableList<>)] = nameof(ImmutableListOf),
        [typeof(ImmutableDictionary<,>)] = nameof(ImmutableDictionaryOf),
        [typeof(Memory<>)] = nameof(MemoryOf),
        [typeof(ReadOnlyMemory<>)] = nameof(ReadOnlyMemoryOf),
        [typeof(ArraySegment<>)] = nameof(SegmentOf),
    };

    /// <summary>How to copy a collection; null for a type that is none of the known ones.</summary>
    public Func<object, CopyContext, object>? Find(Type type)
    {
        if (type.IsArray)
        {
            return CopyArray;
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        if (typeof(ITuple).IsAssignableFrom(type) && type.Namespace == nameof(System))
        {
            return CopyTuple;
        }

        return Methods.TryGetValue(type.GetGenericTypeDefinition(), out var name)
            ? typeof(CollectionCopiers).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!
                .MakeGenericMethod(type.GetGenericArguments())
                .CreateDelegate<Func<object, CopyContext, object>>(this)
            : null;
    }

    private T One<T>(T value, CopyContext context) => (T)copier.Copy(value, context)!;

    private object CopyArray(object value, CopyContext context)
    {
        var original = (Array)value;
        var copy = (Array)original.Clone();
        context.Record(value, copy);
        if (SharedTypes.Contains(original.GetType().GetElementType()!) && original.GetType().GetElementType() != typeof(object))
        {
            return copy;
        }

        var index = new int[copy.Rank];
        CopyElements(copy, index, 0, context);
        return copy;
    }

    private void CopyElements(Array copy, int[] index, int dimension, CopyContext context)
    {
        for (var i = copy.GetLowerBound(dimension); i <= copy.GetUpperBound(dimension); i++)
        {
            index[dimension] = i;
            if (dimension < copy.Rank - 1)
            {
                CopyElements(copy, index, dimension + 1, context);
            }
            else
            {
                copy.SetValue(copier.Copy(copy.GetValue(index), context), index);
            }
        }
    }

    private object CopyTuple(object value, CopyContext context)
    {
        const BindingFlags fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var copy = RuntimeHelpers.GetUninitializedObject(value.GetType());
        foreach (var field in value.GetType().GetFields(fields))
        {
            field.SetValue(copy, copier.Copy(field.GetValue(value), context));
        }

        return copy;
    }

    private object ListOf<T>(object value, CopyContext context)
    {
        var original = (List<T>)value;
        var copy = new List<T>(original.Count);
        context.Record(value, copy);
        copy.AddRange(original.Select(item => One(item, context)));
        return copy;
    }

    private object SetOf<T>(object value, CopyContext context)
    {
        var original = (HashSet<T>)value;
        var copy = new HashSet<T>(original.Count, original.Comparer);
        context.Record(value, copy);
        copy.UnionWith(original.Select(item => One(item, context)));
        return copy;
    }

    private object QueueOf<T>(object value, CopyContext context) => new Queue<T>(((Queue<T>)value).Select(item => One(item, context)));

    private object StackOf<T>(object value, CopyContext context) =>
        new Stack<T>(((Stack<T>)value).Reverse().Select(item => One(item, context)));

    private object ReadOnlyOf<T>(object value, CopyContext context) =>
        new ReadOnlyCollection<T>([.. ((ReadOnlyCollection<T>)value).Select(item => One(item, context))]);

    private object DictionaryOf<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull
    {
        var original = (Dictionary<TKey, TValue>)value;
        var copy = new Dictionary<TKey, TValue>(original.Count, original.Comparer);
        context.Record(value, copy);
        foreach (var (key, item) in original)
        {
            copy.Add(One(key, context), One(item, context));
        }

        return copy;
    }

    private object SortedDictionaryOf<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull
    {
        var original = (SortedDictionary<TKey, TValue>)value;
        var copy = new SortedDictionary<TKey, TValue>(original.Comparer);
        context.Record(value, copy);
        foreach (var (key, item) in original)
        {
            copy.Add(One(key, context), One(item, context));
        }

        return copy;
    }

    private object PairOf<TKey, TValue>(object value, CopyContext context)
    {
        var (key, item) = (KeyValuePair<TKey, TValue>)value;
        return KeyValuePair.Create(One(key, context), One(item, context));
    }

    private object ImmutableArrayOf<T>(object value, CopyContext context)
    {
        var original = (ImmutableArray<T>)value;
        return original.IsDefault ? original : original.Select(item => One(item, context)).ToImmutableArray();
    }

    private object ImmutableListOf<T>(object value, CopyContext context) =>
        ((ImmutableList<T>)value).Select(item => One(item, context)).ToImmutableList();

    private object ImmutableDictionaryOf<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull
    {
        var original = (ImmutableDictionary<TKey, TValue>)value;
        return original.ToImmutableDictionary(
            pair => One(pair.Key, context), pair => One(pair.Value, context), original.KeyComparer, original.ValueComparer);
    }

    private object MemoryOf<T>(object value, CopyContext context) => new Memory<T>(One(((Memory<T>)value).ToArray(), context));

    private object ReadOnlyMemoryOf<T>(object value, CopyContext context) =>
        new ReadOnlyMemory<T>(One(((ReadOnlyMemory<T>)value).ToArray(), context));

    private object SegmentOf<T>(object value, CopyContext context)
    {
        var original = (ArraySegment<T>)value;
        return original.Array is null ? original : new ArraySegment<T>(One(original.ToArray(), context));
    }
}
