using FsCheck;
using FsCheck.Fluent;
using Orleans.Concurrency;
using Orleans.Engine;
using Orleans.Serialization;

namespace Reflux.Standins.Orleans.Tests.Copying;

public sealed class DeepCopierTests
{
    private readonly DeepCopier _copier = new(ApplicationParts.Loaded);

    public static TheoryData<object> Values => new()
    {
        1, 2.5, 'c', true, "text", 3.5m, Colour.Green, Guid.Parse("11111111-2222-3333-4444-555555555555"),
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), TimeSpan.FromMilliseconds(7), new DateOnly(2026, 1, 2),
        UInt128.MaxValue, (Half)1.5, new Uri("http://localhost/"), new Version(1, 2), new Point(3, 4),
        (1, "two"), Tuple.Create(1, "two"), KeyValuePair.Create(1, "two"),
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_equals_its_copy(object value) => Assert.Equal(value, _copier.Copy(value));

    [Fact]
    public void Null_stays_null() => Assert.Null(_copier.Copy<string?>(null));

    [Fact]
    public void Collections_are_copied_with_their_elements()
    {
        var inner = new List<int> { 1, 2 };
        var copy = _copier.Copy(new Dictionary<string, List<int>[]>(StringComparer.OrdinalIgnoreCase) { ["a"] = [inner] });
        inner.Add(3);
        Assert.Equal([1, 2], copy["A"][0]);
    }

    [Fact]
    public void Arrays_of_any_rank_are_copied()
    {
        var original = new byte[,] { { 1, 2 }, { 3, 4 } };
        var jagged = new[] { new List<int> { 1 } };
        var copy = _copier.Copy(original);
        var jaggedCopy = _copier.Copy(jagged);
        original[1, 1] = 9;
        jagged[0].Add(2);
        Assert.Equal(4, copy[1, 1]);
        Assert.Equal([1], jaggedCopy[0]);
    }

    [Fact]
    public void Any_bytes_are_equal_after_a_copy_and_independent() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll<byte[]>(bytes => _copier.Copy(bytes).SequenceEqual(bytes) && (bytes.Length == 0 || !ReferenceEquals(bytes, _copier.Copy(bytes)))));

    [Fact]
    public void A_record_carries_its_positional_and_numbered_members_only()
    {
        var original = new Label("t", [1]) { Note = "n", NotCarried = "lost" };
        var copy = _copier.Copy(original);
        original.Numbers.Add(2);
        Assert.Equal("t", copy.Text);
        Assert.Equal([1], copy.Numbers);
        Assert.Equal("n", copy.Note);
        Assert.Null(copy.NotCarried);
    }

    [Fact]
    public void A_class_carries_its_own_and_its_base_members()
    {
        var original = new DerivedPart(1, 2) { Names = ["x"] };
        var copy = Assert.IsType<DerivedPart>(_copier.Copy<BasePart>(original));
        original.Values[0] = 9;
        Assert.Equal([1, 2], copy.Values);
        Assert.Equal(["x"], copy.Names);
    }

    [Fact]
    public void A_circle_stays_a_circle()
    {
        var node = new Node();
        node.Next = new Node { Next = node };
        var copy = _copier.Copy(node);
        Assert.NotSame(node, copy);
        Assert.Same(copy, copy.Next!.Next);
    }

    [Fact]
    public void A_shared_object_stays_shared()
    {
        var list = new List<int> { 1 };
        var copy = _copier.Copy(new[] { list, list });
        Assert.Same(copy[0], copy[1]);
    }

    [Fact]
    public void What_is_promised_to_be_immutable_is_not_copied()
    {
        var frozen = new Frozen();
        var holder = new Holder { Wrapped = new Immutable<int[]>([1]), Several = [[1]] };
        var copy = _copier.Copy(holder);
        Assert.Same(frozen, _copier.Copy(frozen));
        Assert.Same(holder.Shared, copy.Shared);
        Assert.Same(holder.Wrapped.Value, copy.Wrapped.Value);
        Assert.NotSame(holder.Several[0], copy.Several[0]);
    }

    [Fact]
    public void A_foreign_type_travels_as_its_surrogate() => Assert.Equal("f (copied)", _copier.Copy(new Foreign("f")).Text);

    [Fact]
    public void What_serialisation_does_not_know_is_refused_by_name()
    {
        Refused(new Unmarked(), nameof(Unmarked));
        Refused(new List<Unmarked> { new() }, nameof(Unmarked));
        Refused(new object[] { new Unmarked() }, nameof(Unmarked));
        Refused(new ChildOfUnmarked(), nameof(UnmarkedBase));
        Refused(new Action(() => { }), nameof(Action));
        Refused(Enumerable.Range(0, 3).Where(value => value > 1), "Enumerable");
        Refused(Task.CompletedTask, nameof(Task));
    }

    private void Refused(object value, string name)
    {
        var error = Assert.Throws<CodecNotFoundException>(() => _copier.Copy(value));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("[GenerateSerializer]", error.Message, StringComparison.Ordinal);
    }
}
