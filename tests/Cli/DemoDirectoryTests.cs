using Reflux.Cli.Demo;
using Reflux.Contracts.Errors;
using Reflux.Tests.Support;

namespace Reflux.Cli.Tests;

public sealed class DemoDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Target => _directory.File("demo");

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("report.html")]
    [InlineData("data/precious.txt")]
    [InlineData(".git/HEAD")]
    public void What_no_demo_made_is_left_as_it_is(string file)
    {
        Write(file);

        var error = Assert.Throws<RefluxException>(() => DemoDirectory.Prepare(Target));

        Assert.Equal(ErrorCodes.DirectoryNotOurs, error.Code);
        Assert.Contains(Target, error.Message, StringComparison.Ordinal);
        Assert.Equal([file], Files());
    }

    [Fact]
    public void A_file_is_no_directory()
    {
        File.WriteAllText(Target, "mine");
        Assert.Equal(ErrorCodes.DirectoryNotOurs, Assert.Throws<RefluxException>(() => DemoDirectory.Prepare(Target)).Code);
        Assert.Equal("mine", File.ReadAllText(Target));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_new_or_empty_directory_is_marked(bool exists)
    {
        if (exists)
        {
            Directory.CreateDirectory(Target);
        }

        DemoDirectory.Prepare(Target);

        Assert.Equal([DemoDirectory.Marker], Files());
    }

    [Fact]
    public void An_earlier_demo_is_replaced_and_what_came_into_it_stays()
    {
        DemoDirectory.Prepare(Target);
        WriteDemo();
        Write("notes.txt");

        DemoDirectory.Prepare(Target);

        Assert.Equal([DemoDirectory.Marker, "notes.txt"], Files());
    }

    [Fact]
    public void A_demo_from_before_the_marker_is_replaced_unless_something_came_into_it()
    {
        WriteDemo();
        DemoDirectory.Prepare(Target);
        Assert.Equal([DemoDirectory.Marker], Files());

        File.Delete(Path.Combine(Target, DemoDirectory.Marker));
        WriteDemo();
        Write("notes.txt");
        Assert.Throws<RefluxException>(() => DemoDirectory.Prepare(Target));
        Assert.Contains("report.html", Files());
    }

    public void Dispose() => _directory.Dispose();

    private void WriteDemo()
    {
        foreach (var file in new[] { "broker.log", "silo.log", "report.html", "data/broker.json", "data/grains/x.json", "pulled/config.json", "pulled.0.partial/config.json" })
        {
            Write(file);
        }
    }

    private void Write(string file)
    {
        var path = Path.Combine(Target, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "mine");
    }

    private List<string> Files() =>
        [.. Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Target, path)).Order(StringComparer.Ordinal)];
}
