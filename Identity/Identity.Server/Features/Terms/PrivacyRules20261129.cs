namespace Yinxin.Identity.Server.Features.Terms;

/// <summary>
/// The first edition of the rules on personal information, in the order of the Personal Information Protection Law: who (article 17), what and why (6, 17), sensitive data (28 to 30), whom it is given
/// to (23), how long (19), rights (44 to 50). The figures are those of the program; a test compares them.
/// </summary>
internal static class PrivacyRules20261129
{
    public static readonly Edition Edition = new(new DateOnly(2026, 11, 29), "第一版", "The first edition",
    [
        new("谁处理您的个人信息", "Who processes your data",
        [
            new("统一身份认证由本页上方列明的运营单位负责，联系方式同上。各部门办理事项时，对所办事项中的个人信息各自负责。",
                "Unified Identity is run by the operator named at the top of this page, with the contact given there. A department answers for the data of the matters that it handles."),
            new("处理的依据：为履行政务服务的法定职责所必需；敏感个人信息、向其他应用提供核验信息，另行取得您的同意。",
                "The ground is what the statutory duty to serve needs; for sensitive data, and before verified data are given to an application, you are asked separately."),
        ]),
        new("处理哪些信息、为什么", "What is processed, and why",
        [
            new("注册：公民身份号码、姓名、性别、民族，用于与公安人口库核对是否一致；手机号，用于发送验证码和通知；已接入运营商的，向运营商核对号码是否为您本人所有。",
                "Registration: ID number, name, sex and ethnicity, compared with the population library; phone number, for codes and messages; where a carrier is connected it is asked whether the number is yours."),
            new("提升等级（由您选择）：银行卡号与银行预留手机号、公积金账号或支付宝账户，由相应机构核对是否为您本人所有；政务服务大厅窗口核验的，记录大厅、窗口和结果。我们保存机构签名的答复，作为认证依据。",
                "Raising the level, in the way that you choose: bank card and its phone, housing fund account or Alipay account, compared by the body concerned; at a service hall: hall, window and result. We keep the body's signed answer as what the level rests on."),
            new("登录：时间、结果、方式、设备名称和已遮蔽的网络地址，供您查看和发现异常；Cookie 只用于登录和填表、语言和字号，以及认出您用过的浏览器，不用于跟踪。",
                "Sign-in: time, result, method, name of the device and a masked network address, for you to look at and to notice strangers; cookies serve sign-in and forms, language and text size, and to know a browser that you have used, never tracking."),
            new("代表组织办事：您代表或经办的组织、授权内容及其签名记录。有人邀请您经办，而您没有账号或尚未答复时：邀请人填写的您的姓名和身份证号，用于您实名登录后看到邀请。",
                "Acting for organisations: those that you represent or act for, the mandates and their signed records. Where somebody invites you to act and you have no account, or have not answered: the name and ID number that they wrote, so that you find the invitation once it is proved who you are."),
            new("移交的账号：城市或原有系统移交的，为该系统中的账号编号和用户名、身份证号、姓名、性别、民族、手机号、密码的校验值和认证依据，用于您不必重新注册；来源、编号和时间记在您的账号下，注销时删除。",
                "Accounts handed over by a city or a former system: its number and user name for you, ID number, name, sex, ethnicity, phone, hash of the password and what a level rested on, so that you need not register anew; from where, under which number and when stands in your account until it is closed."),
            new("登记机关的变更通报和核对：公安人口库、组织的登记机关通报死亡、姓名、法定代表人等变更，每晚另行核对一次，使账号、等级和授权与登记一致；通报按号码的加密校验值对应到您，保存其种类和结果。",
                "Changes that the registers report: the population library and the registers of organisations tell of a death, a new name, another representative, and their lists of changes are gone through every night, so that account, level and mandates agree with them. A report is kept with its kind and what came of it, under a keyed hash of the number."),
            new("安全与追责：每次重要操作的时间、内容、结果和完整的网络地址记入审计记录，不写姓名、身份证号和手机号（工作人员的操作记其姓名）。",
                "Security and accountability: time, act, result and full network address of every act of weight go into the audit, without name, ID number or phone (an official's acts name the official)."),
        ]),
        new("敏感个人信息与单独同意", "Sensitive data, and separate consent",
        [
            new("公民身份号码与姓名、性别、民族一并处理，属于敏感个人信息。只用于核对您是谁、防止重复注册和以后核验您本人，加密保存。在注册第一步点击“同意并继续”，即单独同意；不同意则不能网上注册，可以到政务服务大厅线下办事。",
                "Your ID number together with name, sex and ethnicity is sensitive. It serves to find out who you are, to keep anybody from registering you twice, and to check later that it is you, and is stored encrypted. With “Agree and continue” at the first step of the registration you agree to that separately; without it you cannot register here, and a service hall is open to you."),
            new("人脸、声音只在您选择网上实人核验或本人在场确认时处理，每次都另行征求同意，只对这一次有效，用于与公安人口库的证件照片（或已登记的声纹）比对。由哪个机构比对，同意之前在页面上写明。您可以不同意，换一种方式或到窗口办理。",
                "Your face or voice is processed only where you choose the online real-person check or a confirmation in person. You are asked each time, for that one time, for the comparison with the photo on file at the population library (or the voiceprint on file); who compares is told on the page before. You may decline and take another way or a window."),
            new("我们不保存照片、录像和录音，只保存结果、相似度、方式、时间和签名的核验凭据；由本平台比对的，另存每张照片的数字摘要 90 天，用于发现重放，摘要不能还原照片。",
                "We keep no picture, film or recording, only result, score, method, time and the signed receipt; where this platform compares, also a digest of each picture for 90 days, to notice one that is played again. No picture can be made of a digest."),
            new("不满十四周岁的人的个人信息均为敏感个人信息，请由父母或其他监护人阅读并同意后再注册。", "All data of a person under fourteen are sensitive: a parent or other guardian reads this and agrees before the registration."),
        ]),
        new("提供给谁", "Whom data are given to",
        [
            new("核对身份的机构：公安人口库、运营商、您选择的银行卡组织、公积金中心、支付宝、组织的登记机关和税务机关，只收到核对所需的项目；短信由短信通道发送，只收到手机号和短信内容。",
                "The bodies that compare: population library, carrier, and as you choose card network, housing fund, Alipay, registers and tax office of an organisation, each with what that comparison needs; text messages go by a carrier of messages, which gets number and text."),
            new("本平台的应用：您登录后，按登记的范围取得办事所需的信息。其他应用只取得为其所属机构生成的标识（同一机构的应用相同；登记为使用通用标识的应用，取得您的账号编号）和登记的范围；核验信息须经您同意，逐项选择，随时可以停止提供。",
                "The platform's own applications get, when you sign in to them, what their registered scope needs. Others get an identifier made for their sector (applications of one sector get the same; those registered for the general one get the number of your account) and their registered scope; verified data only after you agreed, item by item, and you can stop that at any time.",
                new("/account/applications", "已授权的应用", "Applications with access")),
            new("工作人员看到的是遮蔽后的号码；查看完整内容须写明理由，每次都有记录，并告知您（依法不得告知的除外）。", "Officials see masked numbers; to see one in full takes a reason, is recorded each time and told to you, unless the law forbids it."),
        ]),
        new("保存多久", "How long it is kept",
        [
            new("未完成的注册：加密保存在您的浏览器中 1 小时，本平台不保存所填的内容。验证码：5 分钟内有效，1 天后删除。", "A registration that is not finished: encrypted in your browser for an hour; we store nothing that you typed. Codes: valid for 5 minutes, deleted after a day."),
            new("登录日志、登录过的设备和应用及其时间：183 天后删除。认出您用过的浏览器的记录：400 天未登录后删除。",
                "The sign-in log, and in which devices and applications you were signed in when: deleted after 183 days. Browsers that are known as yours: after 400 days without a sign-in."),
            new("姓名、身份证号、手机号、性别、民族、认证依据和授权：直到账号注销。", "Name, ID number, phone, sex, ethnicity, what your level rests on, and mandates: until the account is closed."),
            new("经办邀请中的姓名和身份证号：加密保存在该组织的授权记录中，谢绝、逾期或未答复的也保留；您曾接受的，账号注销时删除身份证号，姓名随授权记录保留。登记机关通报的种类和结果：长期保存。",
                "Name and ID number in an invitation to act: stored encrypted with the organisation's mandates, also where it was declined, ran out or was never answered; of one that you had accepted the number is erased when your account is closed, and the name stays with the mandate's records. What the registers reported, and what came of it: kept for good."),
        ]),
        new("注销账号以后", "After the account is closed",
        [
            new("提交后等待 7 天，期间可以撤回。然后删除：姓名、身份证号、手机号、性别、民族（备份中的副本也不能再解读），密码、通行密钥、验证器、恢复码、站内通知，各机构答复的内容，作为经办人的授权，以及向应用提供核验信息的同意。",
                "It waits 7 days, in which you can take it back. Then are erased: name, ID number, phone, sex and ethnicity (copies in backups can no longer be read either), password, passkeys, authenticator app, recovery codes, notices, the contents of the authorities' answers, mandates that you hold as an agent, and what you agreed to share with applications.",
                new("/account/close", "注销账号", "Close the account")),
            new("依法保留：登录日志（地址已遮蔽）和登录过的设备、应用及其时间，183 天后删除（网络安全法第二十一条要求不少于六个月）；审计记录（完整的网络地址和您的账号编号，不写姓名、身份证号、手机号；工作人员的操作记其姓名），首尾相连，不能单独删除，因此长期保存。",
                "Kept by law: the sign-in log (addresses masked) with devices, applications and their times, deleted after 183 days (the Cybersecurity Law, article 21, asks for six months at least); the audit trail (the network address in full and the number of your account, without name, ID number or phone; an official's acts name the official), which is chained, so that none of it is deleted, however old."),
            new("同样保留，均在您的账号编号下：认证依据的记录和校验值，冻结、争议和工作人员查看您信息的记录。您代表组织办事时签名的授权记录由该组织保存，已受理事项的档案由办理部门保存。",
                "Kept as well, under the number of your account: records and hashes of what your level rested on, of freezes, disputes and officials who looked at your data. Signed records of mandates under which you acted are the organisation's; files of cases are the departments'."),
        ]),
        new("您的权利和行使方式", "Your rights, and how to use them",
        [
            new("查看、复制和转移：下载我们保存的您的数据（密钥、密码和号码的校验值、审计记录、他人的信息、依法不得告知的内容除外）。",
                "To see, to copy, to take away: download what we keep about you, without keys, hashes of passwords and numbers, the audit trail, what is about others, and what the law forbids us to tell.", new("/account/export", "导出我的数据", "Export my data")),
            new("更正：手机号可在网上更换；姓名等与人口库登记不一致的，先到公安机关更正，再持身份证到政务服务大厅办理。",
                "To correct: the phone number here; where name or other particulars differ from the population library, the police correct it first, then a service hall with your ID card.", new("/account/phone", "更换手机号", "Change the phone number")),
            new("撤回同意：停止向应用提供核验信息，立即生效；人脸、声音的同意只对一次有效，不点击同意即不处理。", "To take consent back: stop sharing verified data with an application, at once; consent to face or voice is for one time, and nothing is processed without it.",
                new("/account/applications", "已授权的应用", "Applications with access")),
            new("退出其他设备，查看登录记录和通知。", "To sign out other devices, and to look at sign-ins and notices.", new("/account/sessions", "登录的设备", "Where you are signed in")),
            new("删除：注销账号。", "To delete: close the account.", new("/account/close", "注销账号", "Close the account")),
            new("要求解释规则、投诉或行使其他权利：按本页上方的联系方式提出，我们在 15 个工作日内答复；也可以向履行个人信息保护职责的部门投诉，或依法起诉。",
                "To have the rules explained, to complain, or for any other right: write to the contact at the top of this page, and you are answered within 15 working days; you may also complain to the authority that protects personal information, or go to court."),
        ]),
        new("怎样保护", "How it is protected",
        [
            new("姓名、身份证号、手机号和机构的答复加密保存，每人另有一份单独的密钥，销毁后任何副本都不能再解读。", "Name, ID number, phone and the bodies' answers are stored encrypted, under a secret of each person besides, without which no copy can be read any more."),
            new("发生泄露、篡改或丢失时，立即采取补救措施，通知您和有关部门。", "Should data leak, be changed or be lost, it is mended at once, and you and the authority are told."),
        ]),
        new("规则的版本", "Editions of these rules",
        [
            new("规则以生效日期为版本。变更时公布新的版本和生效日期，以前的版本仍可查看；注册和每次同意时的版本记入审计记录。",
                "An edition is named by the day from which it is in force. A change is published as a new edition with its day, and earlier ones stay here to read; the edition at your registration, and at each consent, is recorded in the audit."),
        ]),
    ]);
}
