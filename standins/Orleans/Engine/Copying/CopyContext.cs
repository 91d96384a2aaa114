namespace Orleans.Engine;

/// <summary>The copies made so far, so that shared and circular references stay so, and who will call through copied grain references.</summary>
internal sealed class CopyContext(GrainCaller? receiver = null)
{
    private readonly Dictionary<object, object> _copies = new(ReferenceEqualityComparer.Instance);

    public GrainCaller? Receiver => receiver;

    public bool TryGet(object original, out object copy) => _copies.TryGetValue(original, out copy!);

    public void Record(object original, object copy) => _copies[original] = copy;
}
