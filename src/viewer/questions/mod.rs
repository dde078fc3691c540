//! Questions that readers ask about a page, and the answers.
//!
//! A question belongs to the link through which it was asked: whoever holds that link sees it with its answer, nobody
//! else does. In the house it is seen by those who see the pitch, and answered by those who may change it.

mod answer;
mod ask;
mod inbox;
mod shown;

pub use answer::{__path_answer_question, Answer, answer_as_owner, answer_question};
pub use ask::{Asked, Asker, NewQuestion, add_question, ask_question};
pub use inbox::{
    __path_count_questions, __path_list_questions, OpenQuestions, QuestionState, QuestionView,
    QuestionsQuery, count_questions, list_questions,
};
pub use shown::{QuestionsShown, questions};
