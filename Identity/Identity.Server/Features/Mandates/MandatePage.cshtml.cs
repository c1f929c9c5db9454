using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>One mandate, for either side: its terms, its history, and what this side may do now.</summary>
[Authorize]
internal sealed class MandateModel(MandateView view, MandateStore store, SessionStore sessions, GradeReader grades, ITexts texts) : PageModel
{
    public SeenMandate Seen { get; private set; } = null!;

    public MandateState State { get; private set; }

    /// <summary>Whether it gives no power because the account of one who answers for it is frozen.</summary>
    public bool IsHeldUp { get; private set; }

    /// <summary>Whether it gives no power because the mandate of which it is a part is suspended.</summary>
    public bool AboveRests => State == MandateState.Active && Seen.Mandate.Parent is { State: MandateState.Suspended };

    public string AgentName { get; private set; } = "";

    /// <summary>The most that the policy lets a mandate carry, in words.</summary>
    public string Cap { get; private set; } = "";

    public IReadOnlyList<MandateAct> Acts { get; private set; } = [];

    public bool MayPassOn { get; private set; }

    public IReadOnlyList<ListedMandate> Parts { get; private set; } = [];

    public IReadOnlyList<MandateEvent> History { get; private set; } = [];

    public IReadOnlyDictionary<Guid, string> Names { get; private set; } = new Dictionary<Guid, string>();

    public string Button(MandateAct act) => act switch
    {
        MandateAct.Suspend => texts.Of("暂停", "Suspend"),
        MandateAct.Resume => texts.Of("恢复", "Resume"),
        MandateAct.Confirm => texts.Of("确认继续有效", "Confirm it in your name"),
        MandateAct.Resign => texts.Of("辞去授权", "Lay it down"),
        _ => texts.Of("撤销", "Revoke"),
    };

    public Task OnGetAsync(Guid id, CancellationToken cancellationToken) => LoadAsync(id, cancellationToken);

    public async Task<IActionResult> OnPostAsync(Guid id, string? act, bool read, CancellationToken cancellationToken)
    {
        await LoadAsync(id, cancellationToken);
        if (!Enum.TryParse<MandateAct>(act, out var known) || RoleFor(known) is not { } role)
        {
            return Refuse("", texts.Of("不能进行此操作", "This cannot be done"), StatusCodes.Status422UnprocessableEntity);
        }

        if (known == MandateAct.Accept && !read)
        {
            return Refuse("Read", texts.Of("请阅读内容并勾选确认", "Please read the terms and tick the box"), StatusCodes.Status422UnprocessableEntity);
        }

        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken) ?? throw new InvalidOperationException("The session ended during the request.");
        if (known is MandateAct.Resume or MandateAct.Confirm && await StopAsync(session, id, cancellationToken) is { } stop)
        {
            return stop;
        }

        try
        {
            if (known == MandateAct.Accept)
            {
                await view.CheckAcceptableAsync(session, Seen.Mandate, cancellationToken);
            }

            await store.ActAsync(Seen.Mandate, known, role, session.AccountId, reason: null, cancellationToken);
        }
        catch (ProblemException e)
        {
            return Refuse("", e.Problem.Text, e.Problem.Status);
        }

        return LocalRedirect($"/account/mandates/{id}");
    }

    /// <summary>Power is given again: the level, and a recent proof of oneself, as when it was given first.</summary>
    private async Task<IActionResult?> StopAsync(Session session, Guid id, CancellationToken cancellationToken)
    {
        var page = Uri.EscapeDataString($"/account/mandates/{id}");
        if (!await view.MayGiveAsync(session, Seen, cancellationToken))
        {
            return LocalRedirect($"/account/step-up?ReturnUrl={page}&level=intermediate");
        }

        return await sessions.IsRecentAsync(User, MandateView.Recent, cancellationToken) ? null : LocalRedirect("/account/confirm?ReturnUrl=" + page);
    }

    /// <summary>In which capacity this viewer may ask for the act; null: not at all. Whether the state allows it is the flow's question.</summary>
    private MandateRole? RoleFor(MandateAct act) => act switch
    {
        MandateAct.Accept or MandateAct.Decline or MandateAct.Resign when Seen.IsAgent => MandateRole.Agent,
        MandateAct.Suspend or MandateAct.Revoke when Seen.IsGrantor => MandateRole.Grantor,
        MandateAct.Resume when Seen.IsGrantor && !NeedsConfirming => MandateRole.Grantor,
        MandateAct.Confirm when Seen.IsGrantor && NeedsConfirming => MandateRole.Grantor,
        _ => null,
    };

    /// <summary>Given by a legal representative who is no longer in office.</summary>
    private bool NeedsConfirming => Seen.Mandate.ParentId is null && Seen.Mandate.AnsweredById != Seen.Mandate.Organisation!.LegalRepresentativeId;

    private async Task LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        var person = User.AccountId()!.Value;
        Seen = await view.FindAsync(person, id, cancellationToken);
        State = MandateFlow.At(Seen.Mandate, view.Now);
        AgentName = view.AgentName(Seen.Mandate);
        Cap = LevelWords.Of(texts, (await grades.PolicyAsync(cancellationToken)).AgentCap);
        MandateAct[] offered = [MandateAct.Suspend, MandateAct.Resume, MandateAct.Confirm, MandateAct.Revoke, MandateAct.Resign];
        var frozen = Seen.Mandate.Organisation!.FrozenAt is not null;
        Acts = [.. offered.Where(a => !(frozen && (a is MandateAct.Resume or MandateAct.Confirm)) && RoleFor(a) is { } role && MandateFlow.Next(State, a, role) is not null)];
        IsHeldUp = await view.IsHeldUpAsync(id, cancellationToken);
        MayPassOn = Seen is { IsAgent: true, Mandate: { MaySubDelegate: true, ParentId: null } } && State == MandateState.Active && !IsHeldUp;
        Parts = (await view.ListAsync(await view.PartsAsync(id, cancellationToken), m => $"{view.AgentName(m)} ({m.InvitedNumberMasked})", cancellationToken)).Items;
        History = await view.HistoryAsync(id, cancellationToken);
        Names = await view.NamesAsync(History.Select(h => h.ActorId), cancellationToken);
    }

    private PageResult Refuse(string field, string message, int status)
    {
        ModelState.AddModelError(field, message);
        Response.StatusCode = status;
        return Page();
    }
}
