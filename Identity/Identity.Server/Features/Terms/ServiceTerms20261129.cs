namespace Yinxin.Identity.Server.Features.Terms;

/// <summary>The first edition of the terms of service.</summary>
internal static class ServiceTerms20261129
{
    public static readonly Edition Edition = new(new DateOnly(2026, 11, 29), "第一版", "The first edition",
    [
        new("统一身份认证提供什么", "What Unified Identity is for",
        [
            new("统一身份认证为政务服务提供账号、登录、身份核验、认证等级，以及代表组织办事的授权。办理事项由相应部门负责。",
                "Unified Identity provides accounts, sign-in, checks of who you are, assurance levels, and mandates to act for organisations. The services themselves are the departments'."),
            new("一个公民身份号码只有一个账号。不注册也可以到政务服务大厅线下办事。", "One ID number has one account. Without an account you can still be served at a service hall."),
            new("个人信息怎样处理，见个人信息处理规则。", "How personal data are processed is told in the rules on personal information.", new("/privacy", "个人信息处理规则", "Rules on personal information")),
        ]),
        new("您的承诺", "What you promise",
        [
            new("您填写的信息属实，账号由您本人注册和使用。填写的身份信息将与公安人口库核对。", "What you give is true, and it is you who registers and uses the account. Your particulars are compared with the population library."),
            new("密码、通行密钥、验证码和恢复码由您保管，不交给他人；请他人代为组织办事的，用授权，不用借出账号。",
                "You keep password, passkeys, codes and recovery codes to yourself; whoever is to act for your organisation gets a mandate and not your account."),
            new("手机丢失、密码泄露或发现异常登录时，请尽快冻结账号；忘记密码或更换手机的，可以找回账号。", "When your phone is lost, your password known or a sign-in strange to you, freeze the account soon; a forgotten password or a new phone is what the recovery is for.",
                new("/freeze", "冻结账号", "Freeze the account")),
        ]),
        new("认证等级与代表组织办事", "Assurance levels, and acting for organisations",
        [
            new("认证等级由认证依据按公布的规则自动计算，不由人工填写；依据到期、被来源撤回或与登记不再一致时，等级随之降低，您会收到通知。您的等级和依据可在“我的账号”查看。",
                "A level is computed by rule from what was checked and is never typed in. When a check ends, is taken back by its source or no longer agrees with a register, the level falls, and you are told. Level and reasons stand in your account.",
                new("/account", "我的账号", "My account")),
            new("代表组织办事，须是登记机关登记的法定代表人，或持有其授权。授权的每一步都有签名记录，双方均可保存。",
                "To act for an organisation you are its legal representative by its register, or hold a mandate. Each step of a mandate has a signed record that both sides may keep."),
        ]),
        new("冻结、争议与注销", "Freezing, disputes, closing",
        [
            new("您可以随时冻结自己的账号，并持身份证到政务服务大厅解冻。工作人员冻结账号，以及解除这类冻结，须由两人分别提出和复核；紧急冻结先执行，再由他人复核。",
                "You can freeze your own account at any time, and have that lifted at a service hall with your ID card. A freeze by officials, and its end, takes two of them, one who proposes and one who decides; an urgent one takes effect first and is then looked at by the other."),
            new("两人主张同一账号时，由政务服务大厅受理并查验证件，账号在决定之前冻结，双方均可答复。", "Where two people claim one account, a service hall takes the matter and sees the papers; the account is frozen until it is decided, and both sides are heard.",
                new("/disputes", "争议答复", "Answer in a dispute")),
            new("您可以申请注销账号，提交后等待 7 天，期间可以撤回。注销会删除和依法保留的内容，在注销页面列明。",
                "You can have the account closed: it waits 7 days, in which you can take that back. What is then erased and what is kept by law stands on the page.", new("/account/close", "注销账号", "Close the account")),
        ]),
        new("记录", "What is recorded",
        [
            new("登录、核验、授权和其他重要操作记入首尾相连的审计记录，改动会被发现；您可以查看自己的登录记录。", "Sign-ins, checks, mandates and other acts of weight go into a chained audit in which a change would show; you can look at your own sign-ins.",
                new("/account/history", "登录记录", "Sign-in history")),
        ]),
        new("协议的版本", "Editions of these terms",
        [
            new("协议以生效日期为版本。内容变更时公布新的版本和生效日期，以前的版本仍可查看；注册时同意的版本和时间记入审计记录。",
                "An edition is named by the day from which it is in force. A change is published as a new edition with its day, and earlier ones stay here to read; which edition you agreed to at your registration, and when, is recorded in the audit."),
        ]),
    ]);
}
