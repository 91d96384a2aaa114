using System.Collections.Concurrent;
using System.Reflection;
using Reflux.Grains.Snapshots;
using Reflux.Grains.Students;
using Reflux.Grains.Teachers;

namespace Reflux.Silo.Tests.Support;

/// <summary>
/// A cluster whose students are played by the test. Its grains come from proxies: a class that implements a grain's interface would be taken for a
/// grain by the silos that other tests of this assembly start.
/// </summary>
internal sealed class PlayedGrains
{
    private readonly ConcurrentDictionary<string, PlayedStudent> _students = new();

    public PlayedGrains() => Factory = GrainProxy.Of<IGrainFactory>((call, arguments) => call.GetGenericArguments() switch
    {
        [var grain] when grain == typeof(IStudentGrain) => Student((string)arguments[0]!).Grain,
        [var grain] when grain == typeof(ITeacherGrain) => Teacher,
        [var grain] when grain == typeof(ISnapshotsGrain) => Student((string)arguments[0]!).Snapshots,
        _ => throw new NotSupportedException($"{call.Name} is not played"),
    });

    public IGrainFactory Factory { get; }

    /// <summary>What silos said of their labelling, oldest first.</summary>
    public ConcurrentQueue<TeacherReport> TeacherReports { get; } = new();

    private ITeacherGrain Teacher => GrainProxy.Of<ITeacherGrain>((call, arguments) =>
    {
        TeacherReports.Enqueue((TeacherReport)arguments[0]!);
        return Task.CompletedTask;
    });

    public PlayedStudent Student(string name) => _students.GetOrAdd(name, _ => new PlayedStudent());
}

/// <summary>Stands in for a grain and hands each call on.</summary>
internal class GrainProxy : DispatchProxy
{
    private Func<MethodInfo, object?[], object?> _answer = null!;

    public static T Of<T>(Func<MethodInfo, object?[], object?> answer)
        where T : class
    {
        var proxy = Create<T, GrainProxy>();
        ((GrainProxy)(object)proxy)._answer = answer;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!, args ?? []);
}
