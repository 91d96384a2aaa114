using TorchSharp;

namespace Reflux.Standins.TorchSharp.Tests.Scopes;

public sealed class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor made;
        using (DisposeScope scope = NewDisposeScope())
        {
            made = ones(1) + 1;
            Assert.Equal(2, scope.DisposablesCount);
            Assert.True(scope.Contains(made));
            Assert.Same(scope, CurrentDisposeScope);
        }

        Assert.True(made.IsInvalid);
        Assert.Null(CurrentDisposeScope);
    }

    [Fact]
    public void A_tensor_made_outside_belongs_to_nobody()
    {
        using Tensor outside = ones(1);
        using (NewDisposeScope())
        {
            outside.add_(1);
        }

        Assert.Equal(2f, outside.item<float>());
    }

    [Fact]
    public void Tensors_move_outwards_one_scope_at_a_time()
    {
        using DisposeScope outer = NewDisposeScope();
        Tensor kept, moved, left;
        using (DisposeScope inner = NewDisposeScope())
        {
            kept = ones(1).MoveToOuterDisposeScope();
            moved = inner.MoveToOuter(ones(1));
            left = ones(1);
            Assert.False(inner.Contains(kept));
        }

        Assert.False(kept.IsInvalid);
        Assert.False(moved.IsInvalid);
        Assert.True(left.IsInvalid);
        Assert.True(outer.Contains(kept));
        outer.Dispose();
        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void Moving_out_of_the_outermost_scope_sets_a_tensor_free()
    {
        Tensor free, detached;
        using (NewDisposeScope())
        {
            free = ones(1).MoveToOuterDisposeScope();
            using (NewDisposeScope())
            {
                detached = ones(1).DetachFromDisposeScope();
            }
        }

        Assert.False(free.IsInvalid);
        Assert.False(detached.IsInvalid);
        free.Dispose();
        detached.Dispose();
    }

    [Fact]
    public void Tensors_can_be_handed_to_any_scope()
    {
        using DisposeScope outer = NewDisposeScope();
        using Tensor stray = ones(1).DetachFromDisposeScope();
        using (DisposeScope inner = NewDisposeScope())
        {
            inner.Attach(stray);
            Assert.True(inner.Contains(stray));
            stray.MoveToOtherDisposeScope(outer);
            Assert.False(inner.Contains(stray));
        }

        Assert.True(outer.Contains(stray));
        Assert.False(stray.IsInvalid);
    }

    [Fact]
    public void A_scope_can_be_emptied_but_for_some()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor kept = ones(1), gone = ones(1);

        Assert.Same(kept, scope.DisposeEverythingBut(kept));

        Assert.False(kept.IsInvalid);
        Assert.True(gone.IsInvalid);
        Assert.Equal([kept], scope.DisposablesView);
        scope.DisposeEverything();
        Assert.True(kept.IsInvalid);
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Disposing_a_tensor_takes_it_out_of_its_scope()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(1);

        x.Dispose();

        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Scopes_may_end_out_of_order()
    {
        DisposeScope first = NewDisposeScope(), second = NewDisposeScope(), third = NewDisposeScope();

        second.Dispose();
        Assert.Same(third, CurrentDisposeScope);
        third.Dispose();
        Assert.Same(first, CurrentDisposeScope);
        first.Dispose();
        Assert.Null(CurrentDisposeScope);
        Assert.Throws<ObjectDisposedException>(() => first.DisposablesCount);
    }

    [Fact]
    public void A_wrapped_expression_keeps_only_its_result()
    {
        Tensor? middle = null;
        using Tensor result = WrappedTensorDisposeScope(() =>
        {
            middle = ones(1) + 1;
            return middle * 2;
        });

        Assert.True(middle!.IsInvalid);
        Assert.Equal(4f, result.item<float>());
    }
}
