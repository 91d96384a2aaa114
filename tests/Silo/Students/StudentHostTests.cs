using Reflux.Contracts.Definitions;
using Reflux.Silo.Options;
using Reflux.Silo.Students;
using Reflux.Silo.Tests.Support;

namespace Reflux.Silo.Tests.Students;

public sealed class StudentHostTests : IAsyncLifetime
{
    private StudentSite _site = null!;
    private StudentHost _host = null!;
    private bool _stopped;

    public async Task InitializeAsync()
    {
        _site = await StudentSite.OpenAsync();
        var runners = new StudentRunnerFactory(new SiloSettings { Name = StudentSite.Silo }, _site.Grains.Factory, _site.Trainers, _site.Pace, _site.Log.Loggers);
        _host = new StudentHost(_site.Log.Catalog, runners);
        await _host.StartAsync(_site.Limit);
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Every_student_on_the_definitions_log_gets_a_runner_early_or_late()
    {
        _site.Define();
        Apply(_site.NewStudent("early"));
        Assert.Equal(StudentSite.Silo, await ClaimAsync("early"));

        Apply(_site.NewStudent("late"));
        Assert.Equal(StudentSite.Silo, await ClaimAsync("late"));
    }

    [Fact]
    public async Task A_changed_definition_starts_no_second_runner()
    {
        var student = _site.NewStudent("pupil");
        Apply(student);
        await ClaimAsync("pupil");

        Apply(student with { Revision = 2, Student = student.Student! with { Paused = true } });
        Apply(_site.NewStudent("later"));
        await ClaimAsync("later");

        Assert.False(Grain("pupil").Claimed);
        Assert.False(Grain("pupil").Released);
    }

    [Fact]
    public async Task A_student_that_was_deleted_is_given_up_and_the_others_stay()
    {
        var gone = _site.NewStudent("gone");
        Apply(gone);
        Apply(_site.NewStudent("staying"));
        await ClaimAsync("gone");
        await ClaimAsync("staying");

        Apply(gone with { Revision = 2, Deleted = true });

        Assert.Equal(1, await Grain("gone").ReleaseAsync(_site.Limit));
        await StopAsync();
        Assert.Equal(1, await Grain("staying").ReleaseAsync(_site.Limit));
        Assert.False(Grain("gone").Claimed);
        Assert.False(Grain("gone").Released);
    }

    [Fact]
    public async Task A_stop_waits_until_each_trainer_has_left_with_a_checkpoint()
    {
        _site.Define();
        await _site.AppendLabelsAsync(StudentSite.SequencesPerStep);
        Definition[] students = [_site.NewStudent("first"), _site.NewStudent("second")];
        foreach (var student in students)
        {
            Apply(student);
        }

        foreach (var student in students)
        {
            await Grain(student.Name).ReportAsync(report => StudentSite.HasStepped(report, 1), _site.Limit);
        }

        await StopAsync();

        foreach (var student in students)
        {
            Assert.True(Grain(student.Name).Released);
            Assert.Equal(1, (await _site.CheckpointAsync(student)).Step);
        }
    }

    private PlayedStudent Grain(string name) => _site.Grains.Student(name);

    private Task<string> ClaimAsync(string name) => Grain(name).ClaimAsync(_site.Limit);

    private void Apply(Definition definition) => _site.Log.Catalog.Apply(definition);

    private async Task StopAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            await _host.StopAsync(_site.Limit);
        }
    }
}
